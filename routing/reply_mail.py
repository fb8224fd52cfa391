from django.dispatch import receiver

from inbox.change import changing
from inbox.models import Conversation
from inbox.signals import contact_changed, contact_left_email, conversation_answered
from outbox.models import Delivery
from outbox.signals import delivery_ended
from routing.actions.reply_address import follow_address, unsubscribe
from routing.actions.reply_email import email_reply_later
from routing.models import ReplyAddress
from routing.unread import unread_replies


@receiver(conversation_answered)
def email_it_if_they_have_gone(sender, conversation, **kwargs):
    email_reply_later(conversation)


@receiver(contact_left_email)
def email_what_they_missed(sender, conversation, **kwargs):
    follow_address(conversation.contact)
    if never_mailed(conversation):
        email_reply_later(conversation)


@receiver(contact_changed)
def email_to_the_new_address(sender, contact, fields, **kwargs):
    """An agent may have corrected it: what they have not read goes there."""
    if "email" not in fields:
        return
    follow_address(contact)
    for conversation in Conversation.objects.filter(contact=contact).select_related("contact"):
        if never_mailed(conversation):
            with changing(conversation) as change:
                email_reply_later(change.conversation)


def never_mailed(conversation):
    """There are replies the contact has not read, and no mail with them to the address of now."""
    replies = unread_replies(conversation)
    mails = Delivery.objects.filter(about=conversation.pk, kind="reply")
    to_them = mails.filter(recipient=conversation.contact.email)
    return replies and not to_them.filter(created_at__gte=replies[0].created_at).exists()


@receiver(delivery_ended)
def believe_complaints(sender, delivery, **kwargs):
    """Who tells their mail provider that it is spam, or to unsubscribe, has told us."""
    if delivery.kind == "reply" and delivery.reason in ("marked_as_spam", "unsubscribed"):
        workspace, email = delivery.workspace_id, delivery.recipient.lower()
        for address in ReplyAddress.objects.filter(workspace=workspace, email=email):
            unsubscribe(address)
