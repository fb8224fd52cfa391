"""What somebody has not read of a conversation: the question behind every mail about it."""

from functools import cached_property

from django.db.models import Count, Max, Min

from inbox.email_kinds import EmailKind
from inbox.models import Message, ReadMarker
from outbox.models import Delivery

# In one mail. A visitor can write megabytes in ten minutes, and a mail server refuses those for
# good: nobody would be told of anything.
MOST = 30


class News:
    """Messages that are new to somebody: what one mail covers, and the latest of it, which the
    mail shows. What is written after it was counted is left to the next mail."""

    def __init__(self, messages):
        self.messages = messages
        counted = messages.aggregate(
            count=Count("pk"), first_seq=Min("seq"), first_at=Min("created_at"), upto=Max("seq")
        )
        self.count, self.upto = counted["count"], counted["upto"]
        self.first_seq, self.first_at = counted["first_seq"], counted["first_at"]

    def __bool__(self):
        return self.count > 0

    @cached_property
    def latest(self):
        covered = self.messages.filter(seq__lte=self.upto)
        return list(covered.order_by("-seq")[:MOST])[::-1]

    @property
    def left_out(self):
        """How many it covers and does not show."""
        return self.count - len(self.latest)


def new_contact_messages(membership, conversation) -> News:
    """What the contact wrote since the last reply that this person was neither shown nor mailed."""
    told = (
        last_seq(conversation.messages.filter(kind=Message.Kind.REPLY)),
        read_by(membership, conversation),
        Delivery.objects.last_sent_seq(
            conversation.pk, kind=EmailKind.UNANSWERED, recipient=membership.user.email
        ),
    )
    return News(conversation.messages.filter(kind=Message.Kind.CONTACT).after(max(told)))


def unread_replies(conversation) -> News:
    """Replies that the contact has not seen in the chat and was not mailed.

    Who writes has seen what stood above it, also from a chat window that does not report it.
    """
    told = (
        conversation.contact_read_seq,
        last_seq(conversation.messages.filter(kind=Message.Kind.CONTACT)),
        Delivery.objects.last_sent_seq(
            conversation.pk, kind=EmailKind.REPLY, recipient=conversation.contact.email
        ),
    )
    replies = conversation.messages.filter(kind=Message.Kind.REPLY).with_related()
    return News(replies.after(max(told)))


def last_seq(messages):
    return messages.aggregate(last=Max("seq"))["last"] or 0


def read_by(membership, conversation):
    reading = ReadMarker.objects.filter(conversation=conversation, membership=membership)
    return reading.values_list("seq", flat=True).first() or 0
