"""Signing out with open conversations: the hand-over page of each workspace that has some of
theirs, one after the other, and then out."""

from allauth.account.views import logout as logout_page
from django.contrib import messages
from django.contrib.auth import logout
from django.http import QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from routing.handover.form import can_hand_over
from teams.access import ANY_MEMBER, workspace_page
from inbox.open_counts import count_open_conversations
from teams.models import Membership

SIGN_OUT = "sign-out"
HANDED_OVER = "handed-over"  # in the session: how many, on all the pages until they are out


def sign_out_page(request):
    """Answer /accounts/logout/: with open conversations straight with the page that asks."""
    following = next_to_ask(request, []) if request.user.is_authenticated else None
    return logout_page(request) if following is None else asking_page(following, [])


@require_POST
@workspace_page(ANY_MEMBER)
def signing_out(request):
    """Whoever has open conversations is asked first what becomes of them. ?asked=WORKSPACE, any
    number of times: there they were asked already."""
    asked = request.GET.getlist("asked")
    if not asked:
        request.session.pop(HANDED_OVER, None)  # of a signing out that was not gone through with
    return go_on(request, asked)


def count_handed_over(request, handed_over):
    """One page's, a Handover or None."""
    if handed_over is not None:
        before = request.session.get(HANDED_OVER, 0)
        request.session[HANDED_OVER] = before + handed_over.conversations.count()


def go_on(request, asked):
    """To the page of the next workspace; there is none: signed out, and told what was done."""
    following = next_to_ask(request, asked)
    if following is None:
        count = request.session.get(HANDED_OVER)
        logout(request)
        if count:
            tell(request, count)
        return redirect("account_login")
    return asking_page(following, asked)


def asking_page(membership, asked):
    page = resolve_url("handover", membership.workspace.slug)
    return redirect(f"{page}?{query(asked, then=SIGN_OUT)}")


def next_to_ask(request, asked):
    return next(left_to_ask(request, asked), None)


def left_to_ask(request, asked):
    """Memberships with open conversations that they were not asked about."""
    for membership in mine_first(request):
        is_asked = membership.workspace.slug in asked
        if not is_asked and can_hand_over(membership) and has_open_chats(membership):
            yield membership


def mine_first(request):
    """Their memberships; the one of this workspace first, if they are in one."""
    mine = Membership.objects.active().filter(user=request.user).with_related().order_by("pk")
    here = getattr(request, "membership", None)
    return sorted(mine, key=lambda each: each != here)


def has_open_chats(membership):
    return bool(count_open_conversations(membership.workspace_id, [membership.pk]))


def tell(request, count):
    words = ngettext(
        "One conversation was handed over.", "%(count)d conversations were handed over.", count
    ) % {"count": count}
    messages.success(request, _("You're signed out. %(what)s") % {"what": words})


def query(asked, **more):
    found = QueryDict(mutable=True)
    found.update(more)
    found.setlist("asked", asked)
    return found.urlencode()


# For the hand-over page.


def is_signing_out(request):
    return request.GET.get("then") == SIGN_OUT


def asked_by_then(request):
    """Where they were asked once this page is answered: here, and wherever it was before."""
    return [*request.GET.getlist("asked"), request.workspace.slug]


def way_out(request):
    """What the page shows. Keeping all ends it: whoever keeps all is asked on one page only."""
    url, asked = resolve_url("sign-out", request.workspace.slug), asked_by_then(request)
    others = [each.workspace for each in left_to_ask(request, asked)]
    return {
        "is_signing_out": True,
        "keep_all_url": f"{url}?{query([*asked, *(each.slug for each in others)])}",
        "is_last": not others,
        "others": others,
        "several": len(asked) > 1 or bool(others),
    }
