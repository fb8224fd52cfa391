"""The frame around the pages of a user's account.

An account belongs to no workspace, so its pages are outside of the gate. They are shown in the
frame of the workspace they were opened from, so that members find their way back.
"""

from messagehub.lib.language import activate_language
from teams.access import find_membership
from teams.models import Membership

ACCOUNT_PAGES = {
    "account_email",
    "account_change_password",
    "account_set_password",
    "account_reauthenticate",
}
OPENED_FROM = "account-opened-from"  # the session key of the workspace's address
FRAMED, CARD = "account/base_account_framed.html", "account/base_account_card.html"


def remember_workspace(request):
    if request.session.get(OPENED_FROM) != request.workspace.slug:
        request.session[OPENED_FROM] = request.workspace.slug


class AccountFrameMiddleware:
    """Give account pages the language of their frame, before the view answers or refuses."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if workspace := account_frame(request).get("workspace"):
            activate_language(request, workspace.language)


def account_frame(request) -> dict:
    """Return the template that an account page extends, and the frame's context."""
    if not hasattr(request, "account_frame"):
        request.account_frame = find_frame(request) if is_account_page(request) else {}
    return request.account_frame


def find_frame(request) -> dict:
    membership = frame_membership(request)
    if membership is None:
        return {"account_base": CARD}
    return {"account_base": FRAMED, "membership": membership, "workspace": membership.workspace}


def is_account_page(request) -> bool:
    match = request.resolver_match
    return match is not None and match.url_name in ACCOUNT_PAGES and request.user.is_authenticated


def frame_membership(request) -> Membership | None:
    """Return the membership in the workspace the user came from, else their first one."""
    slug = request.session.get(OPENED_FROM)
    previous = find_membership(request.user, slug) if slug else None
    memberships = Membership.objects.active().with_related().filter(user=request.user)
    return previous or memberships.order_by("pk").first()
