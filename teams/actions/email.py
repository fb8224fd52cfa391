from django.db import transaction

from outbox.actions import retry_delivery
from teams import audit
from teams.invitation_email import KIND, is_obsolete
from teams.invitation_limits import check_counters
from teams.models import Invitation


class CannotRetry(Exception):
    """A translated message that says why the email can't be resent."""


def retry_email(delivery, *, by):
    """Resend an email that didn't arrive. Return whether it will be.

    False after a second click, or if there is nothing left to send. Raises CannotRetry.
    """
    with transaction.atomic():
        if is_obsolete(delivery) or not retry_delivery(delivery):
            return False
        refuse_if_too_many(delivery, by)
        audit.record(by.workspace, "email.retried", by=by, target=delivery.recipient)
    return True


def refuse_if_too_many(delivery, by):
    """Count a bounced invitation again, because it may have been read despite the bounce."""
    if delivery.kind != KIND:
        return
    if refusal := check_counters(Invitation.objects.get(pk=delivery.about), by):
        raise CannotRetry(refusal)
