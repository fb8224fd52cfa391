"""Going away or signing out with open conversations: one page, and its undoing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from messagehub.lib.text import parse_number
from routing.handover.actions import hand_over_conversations, undo_handover
from routing.handover.form import HandoverForm, can_hand_over_for_others
from routing.models import HandoverItem, Handover
from routing.handover.sign_out import (
    asked_by_then,
    count_handed_over,
    go_on,
    is_signing_out,
    way_out,
)
from teams.access import Permission, workspace_page
from teams.forms import form_data


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.ANSWER)
def handover(request):
    """Mine, also before I sign out. ?after=NUMBER: the page after that conversation."""
    me, is_signing_out = request.membership, is_signing_out(request)
    form = HandoverForm(form_data(request), membership=me, after=after(request))
    if request.method == "POST" and form.is_valid():
        handed_over = hand_over_conversations(me, form.choices, by=me)
        if is_signing_out:
            count_handed_over(request, handed_over)
        if form.next_after:
            return next_page(request, form)
        if is_signing_out:
            return go_on(request, asked_by_then(request))
        if not form.choices:
            messages.success(request, _("You kept all your conversations."))
        return redirect("conversations", request.workspace.slug)
    done = {"by": None, "membership": me}
    return show(request, form, done, **(way_out(request) if is_signing_out else {}))


def after(request):
    return parse_number(request.GET.get("after", "")) or 0


def next_page(request, form):
    """The same address, after what was shown."""
    query = request.GET.copy()
    query["after"] = form.next_after
    return redirect(f"{request.path}?{query.urlencode()}")


def show(request, form, done, **context):
    """done: by whom, and for whom (columns of Handover): the page says what they took back."""
    context |= {"form": form} | last_undone(request.membership, done)
    return render(request, "routing/handover.html", context, status=400 if form.errors else 200)


def last_undone(me, done):
    """The hand-over that was taken back last, with what became of each conversation; none once
    another was made after it."""
    recent = Handover.objects.recent(me).filter(**done)
    last = recent.exclude(undone_at=None).order_by("-undone_at").first()
    if last is None or recent.filter(created_at__gt=last.undone_at).exists():
        return {}
    undone = list(last.conversations.select_related("conversation__contact").order_by("pk"))
    came_back = sum(each.undone == HandoverItem.UndoResult.RETURNED for each in undone)
    return {"undone": undone, "came_back": came_back}


@require_POST
@workspace_page(Permission.ANSWER)
def undoing(request, handover):
    """Only what one did oneself: somebody else's does not exist."""
    me = request.membership
    mine = Handover.objects.done_by(me).select_related("membership__user", "membership__workspace")
    made = get_object_or_404(mine, pk=handover)
    if made.is_for_other_member and not can_hand_over_for_others(me):
        raise PermissionDenied
    if not undo_handover(made, by=me):
        messages.error(request, _("It is too late: a hand-over can be undone for ten minutes."))
    if made.is_for_other_member:
        return redirect("member-handover", request.workspace.slug, made.membership_id)
    return redirect("handover", request.workspace.slug)
