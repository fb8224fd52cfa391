"""An email about a conversation did not arrive: its timeline says so, once for each email, and the
visitor is asked for another address."""

from django.dispatch import receiver

from inbox.change import changing
from inbox.email_kinds import EmailKind
from inbox.models import Conversation
from outbox.models import Delivery
from outbox.reasons import OPERATOR_REASONS
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


def is_reply_undelivered(conversation):
    """The latest mail to where they wanted to be answered, by no fault of ours."""
    mails = Delivery.objects.filter(about=conversation.pk, kind=EmailKind.REPLY)
    mails = mails.filter(recipient=conversation.contact.email, workspace=conversation.workspace_id)
    last = mails.exclude(state=Delivery.State.CANCELLED).order_by("created_at").last()
    return last is not None and last.is_undelivered and last.reason not in OPERATOR_REASONS
