"""Send few emails to an agent whose address was never confirmed.

Threat: someone invites a stranger's address, copies the link, joins with it themselves, and has us
email the stranger about each conversation they start in their own workspace.
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from inbox.email_kinds import EmailKind
from outbox.models import Delivery
from routing.emails.pacing import KINDS
from teams.models import Membership

MAX_PER_DAY = 10  # from all workspaces together
DAY = timedelta(days=1)


def limited_until(delivery, recipient):
    """Return when an unconfirmed address may get this email, or None for now."""
    address = EmailAddress.objects.filter(user=recipient.user_id, email=delivery.recipient)
    if not address.filter(verified=False).exists():
        return None
    workspaces = Membership.objects.filter(user=recipient.user_id).values("workspace")
    sent = Delivery.objects.filter(
        workspace__in=workspaces,
        recipient=delivery.recipient,
        kind__in=[*KINDS, EmailKind.MENTIONED],
        sent_at__gt=timezone.now() - DAY,
    )
    latest = sent.order_by("-sent_at").values_list("sent_at", flat=True)[:MAX_PER_DAY]
    return latest[MAX_PER_DAY - 1] + DAY if len(latest) == MAX_PER_DAY else None
