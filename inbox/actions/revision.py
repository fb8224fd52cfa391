"""Edits and deletes messages of a member, for a while after they were sent.

The timeline shows the entry as edited or deleted. What it said before is only in the audit log.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from inbox.change import changing
from inbox.email_kinds import EmailKind
from inbox.models import Attachment, Conversation, Mention, Message
from inbox.signals import message_revised
from outbox.models import Delivery
from teams.audit import record


class CannotRevise(Exception):
    """The message is someone else's, too old, or deleted."""

    def __str__(self):
        return _("You can edit or delete your own messages for 15 minutes after sending them.")


def edit_message(message, *, body, by):
    """Replace the text. Return the message as it is now. Raises CannotRevise."""
    with changing(message.conversation) as change:
        message = lock_revisable(message, change, by)
        if message.body == body:
            return message
        before, now = {"text": message.body}, timezone.now()
        change.revise(message, body=body, edited_at=now)
        record_revision("message.edited", message, by, before=before, after={"text": body})
    return message


def delete_message(message, *, by):
    """Delete the text and the files; the entry stays and says so. Raises CannotRevise."""
    with changing(message.conversation) as change:
        message = lock_revisable(message, change, by)
        before = {"text": message.body}
        if message.files:
            before["files"] = [file["name"] for file in message.files]
        delete_parts(message)
        change.revise(message, body="", details={}, deleted_at=timezone.now())
        record_revision("message.deleted", message, by, before=before)
    return message


def delete_parts(message):
    """Delete its files and mentions."""
    of_message = {"conversation": message.conversation, "seq": message.seq}
    Attachment.objects.filter(**of_message).delete()
    Mention.objects.filter(**of_message).delete()


def lock_revisable(message, change, by):
    """Read the message again, now that its conversation is locked."""
    message = change.conversation.messages.with_related().get(pk=message.pk)
    message.conversation = change.conversation
    if not message.can_be_revised_by(by):
        raise CannotRevise
    return message


def record_revision(action, message, by, **texts):
    conversation = message.conversation
    record(conversation.workspace, action, by=by, target=f"#{conversation.number}", **texts)
    message_revised.send(Conversation, conversation=conversation, message=message)


def is_emailed(message):
    """Return whether the contact got this reply by email, or is about to."""
    if message.kind != Message.Kind.REPLY:
        return False
    emails = Delivery.objects.filter(about=message.conversation_id, kind=EmailKind.REPLY)
    if emails.filter(state=Delivery.State.SENDING).exists():
        return True
    recipient = message.conversation.contact.email
    last_seq = Delivery.objects.last_sent_seq(
        message.conversation_id, kind=EmailKind.REPLY, recipient=recipient
    )
    return last_seq >= message.seq
