"""Email replies when agents answer and when a contact's address changes; obey complaints."""

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.dispatch import receiver
from django.utils import timezone

from inbox.email_kinds import EmailKind
from inbox.models import Conversation, Message
from inbox.signals import contact_corrected, contact_left_email, conversation_answered
from outbox.models import Delivery
from outbox.signals import delivery_ended, email_unwanted
from routing.emails.replies import email_reply_if_unread, queue_reply, reply_emails
from routing.emails.reply_address import address_row, follow_address, unsubscribe
from routing.emails.unread import unread_replies

# Only replies from this period follow a corrected address. Older ones have arrived at the former
# address or are no news: without an end, one correction emailed everything ever written.
RESEND_WITHIN = timedelta(days=3)


@receiver(conversation_answered)
def email_reply(sender, conversation, **kwargs):
    email_reply_if_unread(conversation)


@receiver(contact_left_email)
def email_missed_replies(sender, conversation, **kwargs):
    follow_address(conversation.contact)
    if has_unsent_replies(conversation):
        email_reply_if_unread(conversation)


@receiver(contact_corrected)
def email_to_new_address(sender, contact, fields, **kwargs):
    """Email recent unread replies to the address that an agent corrected.

    Only the contact is locked, not its conversations: an action that writes to one meanwhile
    queues the email itself.
    """
    if "email" not in fields:
        return
    follow_address(contact)
    for conversation in recently_answered(contact).select_related("inbox", "workspace"):
        conversation.contact = contact
        if has_unsent_replies(conversation):
            queue_reply(conversation, contact)


def recently_answered(contact):
    since = timezone.now() - RESEND_WITHIN
    replies = Message.objects.filter(kind=Message.Kind.REPLY, created_at__gt=since)
    replies = replies.filter(conversation=OuterRef("pk"))
    return Conversation.objects.filter(Exists(replies), contact=contact)


def has_unsent_replies(conversation):
    """Return whether there are unread replies and no email with them to the current address."""
    new_messages = unread_replies(conversation)
    emails = reply_emails(conversation, conversation.contact.email)
    emails = emails.exclude(state=Delivery.State.CANCELLED)
    return new_messages and not emails.filter(created_at__gte=new_messages.first_at).exists()


@receiver(delivery_ended)
def unsubscribe_if_refused(sender, delivery, **kwargs):
    """The provider refuses addresses that complained about an earlier email or unsubscribed."""
    if delivery.reason in ("marked_as_spam", "unsubscribed"):
        unsubscribe_recipient(sender, delivery)


@receiver(email_unwanted)
def unsubscribe_recipient(sender, delivery, **kwargs):
    """A spam report or an unsubscription at the mail provider counts as one with us."""
    if delivery.kind == EmailKind.REPLY:
        unsubscribe(address_row(delivery.workspace_id, delivery.recipient))
