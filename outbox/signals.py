import logging

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)

# What became of an email: delivery.state is sent, failed or bounced. Sent inside the transaction
# that stores it. provides: delivery
delivery_ended = Signal()

# Whoever got an email told their mail provider that they want none: it is spam, or they
# unsubscribed there. provides: delivery
email_unwanted = Signal()


def send_delivery_ended(delivery):
    """Whatever goes wrong in those who hear it, the state is stored.

    An email that left and is not marked as sent would be sent again.
    """
    try:
        with transaction.atomic():
            delivery_ended.send(type(delivery), delivery=delivery)
    except Exception:
        logger.exception("delivery %s ended, but not everybody could be told", delivery.pk)
