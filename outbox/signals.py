import logging

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)

# An email was sent, failed or bounced (delivery.state). Sent inside the transaction that stores it.
# Arguments: delivery
delivery_ended = Signal()

# The recipient told their mail provider that they don't want our emails: they marked one as spam or
# unsubscribed there. Arguments: delivery
email_unwanted = Signal()


def send_delivery_ended(delivery):
    """Notify the receivers. Whatever fails in them, the state is stored.

    An email that left and is not marked as sent would be sent again.
    """
    try:
        with transaction.atomic():
            delivery_ended.send(type(delivery), delivery=delivery)
    except Exception:
        logger.exception("delivery %s ended, but a receiver of the signal failed", delivery.pk)
