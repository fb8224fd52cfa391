"""Record once in the timeline that an email about the conversation did not arrive.

The visitor is then asked for a different address.
"""

from django.dispatch import receiver

from inbox.change import changing
from inbox.email_kinds import EmailKind
from inbox.models import Conversation
from outbox.models import Delivery
from outbox.reasons import OPERATOR_REASONS
from outbox.signals import delivery_ended


@receiver(delivery_ended)
def record_if_undelivered(sender, delivery, **kwargs):
    if not delivery.is_undelivered or delivery.about is None:
        return
    conversation = Conversation.objects.filter(pk=delivery.about).first()
    if conversation is not None:
        record_undelivered(conversation, delivery)


def record_undelivered(conversation, delivery):
    """Add the activity, unless an earlier try of the same email did so."""
    with changing(conversation) as change:
        recorded = change.conversation.messages.filter(activity="undelivered")
        if recorded.filter(details__delivery=str(delivery.pk)).exists():
            return
        change.add_activity(
            "undelivered",
            delivery=str(delivery.pk),
            email=delivery.recipient,
            reason=delivery.reason,
        )


def is_reply_undelivered(conversation):
    """Return whether the latest reply email to the contact failed for a reason that isn't ours."""
    emails = Delivery.objects.filter(about=conversation.pk, kind=EmailKind.REPLY)
    emails = emails.filter(
        recipient=conversation.contact.email, workspace=conversation.workspace_id
    )
    last = emails.exclude(state=Delivery.State.CANCELLED).order_by("created_at").last()
    return last is not None and last.is_undelivered and last.reason not in OPERATOR_REASONS
