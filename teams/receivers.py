from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from messagehub.lib.live.publish import close_streams
from messagehub.lib.tokens import hash_token
from teams.actions.availability import sign_out
from teams.models import Membership


def session_name(request) -> str:
    """Names a login without giving its key away."""
    return hash_token(request.session.session_key or "")[:32]


def session_subject(request) -> str:
    """The same to the live hub."""
    return f"session:{session_name(request)}"


@receiver(user_logged_out)
def close_pages(sender, request, user, **kwargs):
    """Signing out ends the live updates of this browser's pages, and nobody is there by them."""
    if request is not None:
        close_streams(session_subject(request))
    if request is not None and user is not None:
        sign_out(user, session=session_name(request))


@receiver([password_changed, password_reset, password_set])
def close_other_streams(sender, user, **kwargs):
    """Another password signs out all other browsers; this one's pages may open theirs anew.

    Presence needs nothing: the others cannot renew it, and whoever changed it is there.
    """
    for membership in Membership.objects.active().filter(user=user):
        close_streams(f"membership:{membership.pk}")
