"""Offer members to hand over their open conversations before they sign out.

Each workspace in which they have open conversations shows its handover page, one after another.
"""

from allauth.account.views import logout as logout_page
from django.contrib import messages
from django.contrib.auth import logout
from django.http import QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from inbox.open_counts import count_open_conversations
from routing.handover.form import can_hand_over
from teams.access import ANY_MEMBER, workspace_page
from teams.models import Membership

SIGN_OUT = "sign-out"
HANDED_OVER = "handed-over"  # session key: how many were handed over in this sign-out so far


def sign_out_page(request):
    """Answer /accounts/logout/: go to the handover page if conversations are open."""
    following = next_to_ask(request, []) if request.user.is_authenticated else None
    return logout_page(request) if following is None else redirect_to_handover(following, [])


@require_POST
@workspace_page(ANY_MEMBER)
def sign_out(request):
    """Start or continue signing out.

    ?asked=WORKSPACE, any number of times: the workspaces that already showed their handover page.
    """
    asked = request.GET.getlist("asked")
    if not asked:
        request.session.pop(HANDED_OVER, None)  # left by a sign-out that wasn't completed
    return continue_sign_out(request, asked)


def continue_sign_out(request, asked):
    """Go to the next workspace's handover page, or sign out after the last one."""
    following = next_to_ask(request, asked)
    if following is not None:
        return redirect_to_handover(following, asked)
    count = request.session.get(HANDED_OVER)
    logout(request)
    if count:
        message = ngettext(
            "You're signed out. One conversation was handed over.",
            "You're signed out. %(count)d conversations were handed over.",
            count,
        )
        messages.success(request, message % {"count": count})
    return redirect("account_login")


def redirect_to_handover(membership, asked):
    page = resolve_url("handover", membership.workspace.slug)
    return redirect(f"{page}?{sign_out_query(asked, then=SIGN_OUT)}")


def next_to_ask(request, asked):
    return next(left_to_ask(request, asked), None)


def left_to_ask(request, asked):
    """Yield the user's memberships with open conversations outside the workspaces asked."""
    for membership in list_memberships(request):
        is_asked = membership.workspace.slug in asked
        if not is_asked and can_hand_over(membership) and has_open_conversations(membership):
            yield membership


def list_memberships(request):
    """The user's memberships: first the one in the workspace of this request, if any."""
    mine = Membership.objects.active().filter(user=request.user).with_related().order_by("pk")
    current = getattr(request, "membership", None)
    return sorted(mine, key=lambda each: each != current)


def has_open_conversations(membership):
    return bool(count_open_conversations(membership.workspace_id, [membership.pk]))


def sign_out_query(asked, **params):
    query = QueryDict(mutable=True)
    query.update(params)
    query.setlist("asked", asked)
    return query.urlencode()


# The rest is for the handover page.


def is_signing_out(request):
    return request.GET.get("then") == SIGN_OUT


def count_handed_over(request, handover):
    """Add the conversations of this handover, if any, to those of this sign-out."""
    if handover is not None:
        before = request.session.get(HANDED_OVER, 0)
        request.session[HANDED_OVER] = before + handover.items.count()


def asked_workspaces(request):
    """The workspaces that have shown their page once this one is answered."""
    return [*request.GET.getlist("asked"), request.workspace.slug]


def sign_out_context(request):
    """Template context. "Keep all" signs out at once and skips the pages left."""
    url, asked = resolve_url("sign-out", request.workspace.slug), asked_workspaces(request)
    others = [each.workspace for each in left_to_ask(request, asked)]
    return {
        "is_signing_out": True,
        "keep_all_url": f"{url}?{sign_out_query([*asked, *(each.slug for each in others)])}",
        "is_last": not others,
        "others": others,
        "has_several_workspaces": len(asked) > 1 or bool(others),
    }
