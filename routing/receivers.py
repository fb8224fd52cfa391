from django.db import transaction
from django.dispatch import receiver

from inbox.signals import (
    contact_left_email,
    contact_wrote,
    conversation_answered,
    conversation_needs_agent,
)
from routing.actions.conversation import drain_for, keep_or_route
from routing.actions.email import cancel_emails, email_unanswered, hasten_emails
from teams import presence
from teams.actions.availability import announce_availability
from teams.availability import availability
from teams.signals import access_changed, availability_changed


@receiver(conversation_needs_agent)
def find_somebody(sender, conversation, trigger, **kwargs):
    keep_or_route(conversation, trigger=trigger)


@receiver(contact_wrote)
def email_if_nobody_is_there(sender, conversation, message, **kwargs):
    assignee = conversation.assignee
    if assignee is not None:
        online = presence.online(conversation.workspace_id)
        if availability(assignee, online).can_take_chats:
            return
    email_unanswered(conversation)


@receiver(contact_left_email)
def send_what_waits(sender, conversation, **kwargs):
    hasten_emails(conversation)


@receiver(conversation_answered)
def nothing_to_email(sender, conversation, **kwargs):
    cancel_emails(conversation)


@receiver(availability_changed)
def give_them_what_waits(sender, membership, became_available, **kwargs):
    if became_available:
        transaction.on_commit(lambda: drain_for(membership, trigger="available"), robust=True)


@receiver(access_changed)
def look_for_chats(sender, membership, **kwargs):
    """A new inbox or role: what waits there may be theirs now."""
    if membership.is_active:
        announce_availability(membership)
