from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

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


@receiver([password_changed, password_reset, password_set])
def close_streams_on_new_password(sender, user, **kwargs):
    """Close the live updates of all the user's pages.

    A new password signs out all other browsers; only this one's pages can reconnect. Presence
    needs no change: the other browsers can't renew it, and the one that changed the password is
    online.
    """
    for membership in Membership.objects.active().filter(user=user):
        close_streams(membership.live_channel)
