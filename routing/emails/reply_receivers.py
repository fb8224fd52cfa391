from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.dispatch import receiver
from django.utils import timezone

from inbox.email_kinds import EmailKind
from inbox.models import Conversation, Message
from inbox.signals import contact_corrected, contact_left_email, conversation_answered
from outbox.models import Delivery
from outbox.signals import delivery_ended, email_unwanted
from routing.emails.reply_address import address_row, follow_address, unsubscribe
from routing.emails.replies import email_reply_if_unread, queue_reply, replies_to
from routing.emails.unread import unread_replies

# How long a reply follows a corrected address. What is older has arrived at the former one, or is
# no news any more: without an end, one correction mailed all that was ever said.
RESEND_WITHIN = timedelta(days=3)


@receiver(conversation_answered)
def email_it_if_they_have_gone(sender, conversation, **kwargs):
    email_reply_if_unread(conversation)


@receiver(contact_left_email)
def email_what_they_missed(sender, conversation, **kwargs):
    follow_address(conversation.contact)
    if never_mailed(conversation):
        email_reply_if_unread(conversation)


@receiver(contact_corrected)
def email_to_the_new_address(sender, contact, fields, **kwargs):
    """An agent may have corrected it: what they were answered lately and have not read goes there.

    Only the contact is locked, and none of its conversations: what is written to one meanwhile
    is queued by whoever writes it.
    """
    if "email" not in fields:
        return
    follow_address(contact)
    for conversation in answered_lately(contact).select_related("inbox", "workspace"):
        conversation.contact = contact
        if never_mailed(conversation):
            queue_reply(conversation, contact)


def answered_lately(contact):
    since = timezone.now() - RESEND_WITHIN
    replies = Message.objects.filter(kind=Message.Kind.REPLY, created_at__gt=since)
    replies = replies.filter(conversation=OuterRef("pk"))
    return Conversation.objects.filter(Exists(replies), contact=contact)


def never_mailed(conversation):
    """There are replies the contact has not read, and no mail with them to the address of now."""
    news = unread_replies(conversation)
    mails = replies_to(conversation, conversation.contact.email)
    mails = mails.exclude(state=Delivery.State.CANCELLED)
    return news and not mails.filter(created_at__gte=news.first_at).exists()


@receiver(delivery_ended)
def believe_refusals(sender, delivery, **kwargs):
    """The provider sends nothing to who called an earlier one spam, or unsubscribed there."""
    if delivery.reason in ("marked_as_spam", "unsubscribed"):
        believe_complaints(sender, delivery)


@receiver(email_unwanted)
def believe_complaints(sender, delivery, **kwargs):
    """Who tells their mail provider that it is spam, or to unsubscribe, has told us."""
    if delivery.kind == EmailKind.REPLY:
        unsubscribe(address_row(delivery.workspace_id, delivery.recipient))
