"""The frame around the pages of a person's account.

An account belongs to no workspace, so its pages stand outside of the gate. They are shown in the
frame of the workspace they were opened from, so that a member does not lose the way back.
"""

from teams.access import membership_of
from teams.models import Membership

PAGES = {
    "account_email",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
}
OPENED_FROM = "account-opened-from"  # in the session: the workspace's address
FRAMED, CARD = "account/base_account_framed.html", "account/base_account_card.html"


def remember_workspace(request):
    if request.session.get(OPENED_FROM) != request.workspace.slug:
        request.session[OPENED_FROM] = request.workspace.slug


def account_frame(request) -> dict:
    """Return what the template of an account page extends, and the frame's own context."""
    membership = frame_membership(request)
    if membership is None:
        return {"account_base": CARD}
    return {"account_base": FRAMED, "membership": membership, "workspace": membership.workspace}


def is_account_page(request) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name in PAGES and request.user.is_authenticated


def frame_membership(request) -> Membership | None:
    """The membership in the workspace they came from, else their first one."""
    slug = request.session.get(OPENED_FROM)
    came_from = membership_of(request.user, slug) if slug else None
    mine = Membership.objects.active().with_related().filter(user=request.user)
    return came_from or mine.order_by("pk").first()
