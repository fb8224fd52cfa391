from django.db import transaction

from outbox.actions import retry_delivery
from teams import audit
from teams.invitation_mail import is_over


def retry_email(delivery, *, by):
    """Send what did not arrive once more. Returns whether it will be: False after a second click,
    or when nothing is left to send."""
    with transaction.atomic():
        if is_over(delivery) or not retry_delivery(delivery):
            return False
        audit.record(by.workspace, "email.retried", by=by, target=delivery.recipient)
    return True
