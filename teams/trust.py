"""Whether a workspace may put its own names where strangers read them first.

Threat: someone makes a workspace whose name is an advertisement, and has us send it to hundreds of
mailboxes as a subject or a sender. Until a workspace is trusted, its emails to people outside
carry our words in these places, and there are few of them.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from teams.models import Membership

YOUNG = timedelta(days=3)


def is_trusted(workspace) -> bool:
    """An administrator has confirmed their address, and the workspace has some standing: it is
    older than YOUNG, or someone with a confirmed address has accepted an invitation."""
    confirmed = EmailAddress.objects.filter(verified=True)
    administrators = Membership.objects.administrators().filter(workspace=workspace)
    if not confirmed.filter(user__in=administrators.values("user")).exists():
        return False
    if workspace.created_at < timezone.now() - YOUNG:
        return True
    accepted = workspace.invitations.exclude(accepted_at=None)
    return confirmed.filter(email__in=accepted.values("email")).exists()
