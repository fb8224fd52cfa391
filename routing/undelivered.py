"""An email about a conversation did not arrive: its timeline says so, once for each email."""

from django.dispatch import receiver

from inbox.change import changing
from inbox.models import Conversation
from outbox.signals import delivery_ended


@receiver(delivery_ended)
def say_undelivered(sender, delivery, **kwargs):
    if not delivery.is_undelivered or delivery.about is None:
        return
    conversation = Conversation.objects.filter(pk=delivery.about).first()
    if conversation is not None:
        note_undelivered(conversation, delivery)


def note_undelivered(conversation, delivery):
    """Sent again on request and come back again is no news."""
    with changing(conversation) as change:
        said = change.conversation.messages.filter(activity="undelivered")
        if said.filter(details__delivery=str(delivery.pk)).exists():
            return
        change.add_activity(
            "undelivered",
            delivery=str(delivery.pk),
            email=delivery.recipient,
            reason=delivery.reason,
        )
