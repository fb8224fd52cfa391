from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver

from inbox.signals import (
    contact_left_email,
    contact_wrote,
    conversation_answered,
    conversation_changed,
    conversation_needs_agent,
    conversation_woken,
)
from routing.actions.assignment import reassign_reply
from routing.actions.capacity import publish_capacity_change
from routing.actions.queue import assign_or_queue, assign_queue_to
from routing.actions.timers import resume_timer
from routing.board_version import renew_version, shows_on_board
from routing.emails.agents import cancel_agent_emails, email_agents, hasten_agent_emails
from routing.models import Trigger
from routing.queue_outlook import message_changes_nothing
from routing.rules import ONLINE
from routing.signals import inbox_availability_changed
from teams import presence
from teams.actions.status import publish_status_changes
from teams.availability import status_of
from teams.models import Membership
from teams.signals import access_changed, availability_changed


@receiver(conversation_needs_agent)
def choose_assignee(sender, conversation, trigger, **kwargs):
    if trigger != Trigger.MESSAGE or not message_changes_nothing(conversation):
        assign_or_queue(conversation, trigger=trigger)


@receiver(contact_wrote)
def on_contact_message(sender, conversation, message, **kwargs):
    """Reassign the reply, or start the response timer; email an assignee who is offline.

    Nothing is left to do for an assignee whom routing has just chosen, and emailed if necessary.
    """
    assignee, change = conversation.assignee, conversation.change
    previous = (change.previous_list_key or {}).get("assignee")
    if assignee is None or str(assignee.pk) != previous:
        return
    if new_assignee := reassign_reply(conversation):
        assignee = new_assignee
    else:
        resume_timer(conversation)
    if change.online is None:
        change.online = presence.find_online(conversation.workspace_id)
    if status_of(assignee, change.online) not in ONLINE:
        email_agents(conversation)


@receiver(conversation_woken)
def on_conversation_woken(sender, conversation, **kwargs):
    resume_timer(conversation)


@receiver(contact_left_email)
def on_contact_left_email(sender, conversation, **kwargs):
    hasten_agent_emails(conversation)


@receiver(conversation_answered)
def on_conversation_answered(sender, conversation, **kwargs):
    cancel_agent_emails(conversation)


@receiver(conversation_changed)
def on_conversation_changed(sender, change, **kwargs):
    if shows_on_board(change):
        renew_version(change.conversation.workspace_id)
    publish_capacity_change(change)


@receiver(inbox_availability_changed)
def on_inbox_availability_changed(sender, inbox, **kwargs):
    renew_version(inbox.workspace_id)


@receiver(availability_changed)
def on_availability_changed(sender, memberships, became_available, **kwargs):
    if memberships:
        workspace = memberships[0].workspace_id
        transaction.on_commit(lambda: renew_version(workspace), robust=True)
    if became_available:
        transaction.on_commit(
            lambda: assign_queue_to(became_available, trigger=Trigger.AVAILABLE), robust=True
        )


@receiver(access_changed)
def on_access_changed(sender, memberships, **kwargs):
    """Publish the status of members with new access, who may be assigned waiting conversations."""
    renew_version(memberships[0].workspace_id)
    publish_status_changes(*may_be_online(memberships), one_by_one=True)


def may_be_online(memberships):
    online = presence.find_online(memberships[0].workspace_id) or set()
    ids = {each.pk for each in memberships}
    is_online = Q(pk__in=ids & online) | ~Q(announced_status="offline")
    return Membership.objects.active().filter(is_online, pk__in=ids)
