from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from accounts.signals import user_deactivated
from messagehub.lib.live.publish import close_streams
from teams.actions.availability import end_session
from teams.models import Membership
from teams.sessions import session_name, session_subject


@receiver(user_logged_out)
def end_session_on_logout(sender, request, user, **kwargs):
    """Close the live updates of this browser's pages, and stop counting them as online."""
    if request is not None:
        close_streams(session_subject(request))
    if request is not None and user is not None:
        end_session(user, session=session_name(request))


@receiver([password_changed, password_reset, password_set, user_deactivated])
def close_streams_of_user(sender, user, **kwargs):
    """Close the live updates of all the user's pages.

    A new password signs out all other browsers, so that only this one's pages can reconnect; those
    of a deactivated user can't. Presence needs no change: browsers that are signed out can't renew
    it, and the one that changed the password is online.
    """
    # A deactivated user has no active membership any more.
    for membership in Membership.objects.current().filter(user=user):
        close_streams(membership.live_channel)
