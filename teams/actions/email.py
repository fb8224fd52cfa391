from django.db import transaction

from outbox.actions import retry_delivery
from teams import audit
from teams.invitation_limits import refusal_by_counters
from teams.invitation_mail import KIND, is_over
from teams.models import Invitation


class CannotRetry(Exception):
    """Says in words why not."""


def retry_email(delivery, *, by):
    """Send what did not arrive once more. Returns whether it will be: False after a second click,
    or when nothing is left to send. Raises CannotRetry."""
    with transaction.atomic():
        if is_over(delivery) or not retry_delivery(delivery):
            return False
        refuse_if_too_many(delivery, by)
        audit.record(by.workspace, "email.retried", by=by, target=delivery.recipient)
    return True


def refuse_if_too_many(delivery, by):
    """An invitation that came back may have been read all the same: it counts once more."""
    if delivery.kind != KIND:
        return
    if refusal := refusal_by_counters(Invitation.objects.get(pk=delivery.about), by):
        raise CannotRetry(refusal)
