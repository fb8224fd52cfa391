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
from routing.actions.assignment import keep_or_route, reassign_reply
from routing.actions.queue import assign_queue_to
from routing.emails.agents import cancel_agent_emails, email_agents, hasten_agent_emails
from routing.actions.capacity import tell_loads
from routing.actions.timers import resume_timer
from routing.emails.agents import cancel_agent_emails, email_agents, hasten_agent_emails
from teams import presence
from teams.actions.status import publish_status_changes
from teams.availability import REACHABLE, status_of
from teams.models import Membership
from teams.signals import access_changed, availability_changed


@receiver(conversation_needs_agent)
def find_somebody(sender, conversation, trigger, **kwargs):
    keep_or_route(conversation, trigger=trigger)


@receiver(contact_wrote)
def look_after_reply(sender, conversation, message, **kwargs):
    """Somebody has it: are they there, and do they answer in time?"""
    assignee = conversation.assignee
    if assignee is None:
        return
    had_it = str(assignee.pk) == (conversation.change.previous_list_key or {}).get("assignee")
    if had_it and (somebody_else := reassign_reply(conversation)):
        assignee = somebody_else
    elif had_it:
        resume_timer(conversation)
    if status_of(assignee, presence.find_online(conversation.workspace_id)) not in REACHABLE:
        email_agents(conversation)


@receiver(conversation_woken)
def go_on_waiting(sender, conversation, **kwargs):
    resume_timer(conversation)


@receiver(contact_left_email)
def send_what_waits(sender, conversation, **kwargs):
    hasten_agent_emails(conversation)


@receiver(conversation_answered)
def nothing_to_email(sender, conversation, **kwargs):
    cancel_agent_emails(conversation)


@receiver(conversation_changed)
def count_again(sender, change, **kwargs):
    tell_loads(change)


@receiver(availability_changed)
def give_them_what_waits(sender, became_available, **kwargs):
    if became_available:
        transaction.on_commit(lambda: assign_queue_to(became_available, trigger="available"), robust=True)


@receiver(access_changed)
def look_for_chats(sender, memberships, **kwargs):
    """A new team, inbox or role: what waits there may be theirs now, if they are there at all."""
    publish_status_changes(*may_be_there(memberships), one_by_one=True)


def may_be_there(memberships):
    online = presence.find_online(memberships[0].workspace_id) or set()
    ids = {each.pk for each in memberships}
    is_there = Q(pk__in=ids & online) | ~Q(announced_status="offline")
    return Membership.objects.active().filter(is_there, pk__in=ids)
