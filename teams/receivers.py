from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from messagehub.lib.live.publish import close
from messagehub.lib.tokens import hash_token


def session_subject(request) -> str:
    """Names a login to the live hub without giving its key away."""
    return f"session:{hash_token(request.session.session_key or '')[:32]}"


@receiver(user_logged_out)
def close_streams(sender, request, user, **kwargs):
    """Signing out ends the live updates of this browser's pages."""
    if request is not None:
        close(session_subject(request))
