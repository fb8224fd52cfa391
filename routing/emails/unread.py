"""Find the messages of a conversation that an email should bring."""

from functools import cached_property

from django.db.models import Count, Max, Min

from inbox.email_kinds import EmailKind
from inbox.models import Message, ReadMarker
from outbox.models import Delivery

# In one email. A visitor can write megabytes in ten minutes, and mail servers refuse an email of
# that size for good, so no one would be notified of anything.
MAX_SHOWN = 30


class NewMessages:
    """Messages that an email covers, of which it shows the latest.

    They are counted once: messages written later are left to the next email.
    """

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
        return list(covered.order_by("-seq")[:MAX_SHOWN])[::-1]

    @property
    def omitted_count(self):
        return self.count - len(self.latest)


def new_contact_messages(membership, conversation) -> NewMessages:
    """What the contact wrote since the last reply that this member neither read nor was emailed."""
    known = (
        last_seq(conversation.messages.filter(kind=Message.Kind.REPLY)),
        read_by(membership, conversation),
        Delivery.objects.last_sent_seq(
            conversation.pk, kind=EmailKind.UNANSWERED, recipient=membership.user.email
        ),
    )
    return NewMessages(conversation.messages.filter(kind=Message.Kind.CONTACT).after(max(known)))


def unread_replies(conversation) -> NewMessages:
    """Return the replies that the contact neither read in the chat nor was emailed.

    A contact who writes has read everything above, even if their chat window doesn't report it.
    """
    known = (
        conversation.contact_read_seq,
        last_seq(conversation.messages.filter(kind=Message.Kind.CONTACT)),
        Delivery.objects.last_sent_seq(
            conversation.pk, kind=EmailKind.REPLY, recipient=conversation.contact.email
        ),
    )
    replies = conversation.messages.not_deleted().filter(kind=Message.Kind.REPLY).with_related()
    return NewMessages(replies.after(max(known)))


def last_seq(messages):
    return messages.aggregate(last=Max("seq"))["last"] or 0


def read_by(membership, conversation):
    reading = ReadMarker.objects.filter(conversation=conversation, membership=membership)
    return reading.values_list("seq", flat=True).first() or 0
