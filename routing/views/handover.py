"""Going away or signing out with open conversations: one page, and its undoing."""

from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from messagehub.lib.text import whole_number
from routing.actions.handover import hand_over_conversations, undo_hand_over
from routing.handover_form import HandingOverForm, can_hand_over
from routing.models import HandedOver, HandOver
from teams.access import ANY_MEMBER, Permission, workspace_page
from teams.forms.team import posted
from teams.load import open_chats
from teams.models import Membership

SIGN_OUT = "sign-out"


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER)
def handover(request):
    """Mine. ?then=sign-out: and then I go; ?after=NUMBER: the page after that conversation."""
    me, signs_out = request.membership, request.GET.get("then") == SIGN_OUT
    form = HandingOverForm(posted(request), membership=me, after=after(request))
    if request.method == "POST" and form.is_valid():
        handed_over = hand_over_conversations(me, form.choices, by=me)
        if form.next_after:
            return next_page(request, form)
        if signs_out:
            return sign_out(request, handed_over)
        return redirect("conversations", request.workspace.slug)
    context = {"form": form, "signs_out": signs_out} | last_undone(me)
    return render(request, "routing/handover.html", context, status=400 if form.errors else 200)


def after(request):
    return whole_number(request.GET.get("after", "")) or 0


def next_page(request, form):
    """The same address, after what was shown."""
    query = request.GET.copy()
    query["after"] = form.next_after
    return redirect(f"{request.path}?{query.urlencode()}")


def last_undone(membership):
    """The hand-over that was just taken back, with what became of each conversation."""
    last = HandOver.objects.recent(membership).first()
    if last is None or last.undone_at is None:
        return {}
    undone = list(last.conversations.select_related("conversation__contact").order_by("pk"))
    came_back = sum(each.undone == HandedOver.Undone.RETURNED for each in undone)
    return {"undone": undone, "came_back": came_back}


def sign_out(request, handed_over):
    logout(request)
    if handed_over is not None:
        count = handed_over.conversations.count()
        words = ngettext(
            "You are signed out. One conversation was handed over.",
            "You are signed out. %(count)d conversations were handed over.",
            count,
        )
        messages.success(request, words % {"count": count})
    return redirect("account_login")


@require_POST
@workspace_page(ANY_MEMBER)
def signing_out(request):
    """Whoever has open conversations is asked first what becomes of them."""
    for membership in mine_first(request):
        if can_hand_over(membership) and has_open_chats(membership):
            page = redirect("handover", membership.workspace.slug)
            page["Location"] += f"?then={SIGN_OUT}"
            return page
    logout(request)
    return redirect("account_login")


def mine_first(request):
    """Their memberships; the one of this workspace first."""
    mine = Membership.objects.active().filter(user=request.user).with_person().order_by("pk")
    return sorted(mine, key=lambda each: each.pk != request.membership.pk)


def has_open_chats(membership):
    return bool(open_chats(membership.workspace_id, [membership.pk]))


@require_POST
@workspace_page(Permission.ANSWER)
def undoing(request, handover):
    """Only one's own: somebody else's does not exist."""
    mine = HandOver.objects.filter(membership=request.membership)
    if not undo_hand_over(get_object_or_404(mine, pk=handover), by=request.membership):
        messages.error(request, _("It is too late: a hand-over can be undone for ten minutes."))
    return redirect("handover", request.workspace.slug)
