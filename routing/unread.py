"""What somebody has not read of a conversation: the question behind every mail about it."""

from django.db.models import Max

from inbox.mail import Mail
from inbox.models import Message, Reading
from outbox.models import Delivery


def new_to(membership, conversation):
    """What the contact wrote since the last reply that this person was neither shown nor mailed."""
    told = (
        last_seq(conversation.messages.filter(kind=Message.Kind.REPLY)),
        read_by(membership, conversation),
        Delivery.objects.upto(
            conversation.pk, kind=Mail.UNANSWERED, recipient=membership.user.email
        ),
    )
    return list(conversation.messages.filter(kind=Message.Kind.CONTACT).after(max(told)))


def unread_replies(conversation):
    """Replies that the contact has not seen in the chat and was not mailed.

    Who writes has seen what stood above it, also from a chat window that does not report it.
    """
    told = (
        conversation.contact_read_seq,
        last_seq(conversation.messages.filter(kind=Message.Kind.CONTACT)),
        Delivery.objects.upto(
            conversation.pk, kind=Mail.REPLY, recipient=conversation.contact.email
        ),
    )
    replies = conversation.messages.filter(kind=Message.Kind.REPLY).with_people()
    return list(replies.after(max(told)))


def last_seq(messages):
    return messages.aggregate(last=Max("seq"))["last"] or 0


def read_by(membership, conversation):
    reading = Reading.objects.filter(conversation=conversation, membership=membership)
    return reading.values_list("seq", flat=True).first() or 0
