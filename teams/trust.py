"""Whether a workspace may use its own names where strangers read them first.

Threat: someone names a workspace after an advertisement, and has us send it to hundreds of
mailboxes as a subject or a sender. Until a workspace is trusted, its emails to outsiders use our
texts instead, and it can send only few of them.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from teams.models import Membership

YOUNG = timedelta(days=3)


def is_trusted(workspace) -> bool:
    """Return whether the workspace is established and an administrator confirmed their address.

    It is established once it is older than YOUNG, or once someone with a confirmed address has
    accepted an invitation.
    """
    confirmed = EmailAddress.objects.filter(verified=True)
    administrators = Membership.objects.administrators().filter(workspace=workspace)
    if not confirmed.filter(user__in=administrators.values("user")).exists():
        return False
    if workspace.created_at < timezone.now() - YOUNG:
        return True
    accepted = workspace.invitations.exclude(accepted_at=None)
    return confirmed.filter(email__in=accepted.values("email")).exists()
