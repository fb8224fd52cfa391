"""Reassigns conversations whose response timer is over."""

from django.utils import timezone

from inbox.change import changing
from inbox.models import Contact
from routing.actions.engine import Assignment
from routing.actions.timers import move_timer, stop_timer
from routing.emails.agents import email_owner_of_reassignment
from routing.models import Trigger
from routing.policy import plan_reassignment, response_minutes
from routing.rules import ONLINE, Rule
from teams.availability import reachable_since, status_of


def reassign_overdue(conversation):
    """Reassign it to someone who is available; otherwise it stays, until someone is.

    An owner who didn't answer is emailed. An assignee whom a member chose keeps it.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_overdue or not conversation.is_routed:
            return None
        assignment = Assignment(change, Trigger.TIMER)
        if has_ended(assignment) or has_just_come(assignment):
            change.touch()
            return None
        last_assignee, timed_out_for = conversation.assignee, conversation.timed_out_for
        conversation.timed_out_for = [*timed_out_for, last_assignee.pk]
        assignee = assignment.carry_out(plan_reassignment)
        if assignee is None:
            conversation.timed_out_for = timed_out_for
        elif is_owner(last_assignee, conversation):
            email_owner_of_reassignment(conversation, owner=last_assignee, to=assignee)
        return assignee


def has_ended(assignment):
    """Stop the timer if no one waits, or the inbox has no such timer any more."""
    conversation = assignment.conversation
    rule = Rule.OWNER if is_owner(conversation.assignee, conversation) else ""
    if conversation.waiting_since and response_minutes(assignment.routing, rule):
        return False
    stop_timer(conversation)
    return True


def is_owner(membership, conversation):
    return Contact.objects.filter(pk=conversation.contact_id, owner=membership).exists()


def has_just_come(assignment):
    """Restart the timer if the assignee came online, or the inbox opened, after it was started.

    This also counts before their status was published: of several who come at once, one is
    published first, and would be assigned what the others haven't seen yet.
    """
    conversation, assignee = assignment.conversation, assignment.conversation.assignee
    if status_of(assignee, assignment.pool.online) not in ONLINE:
        return False
    is_published = assignee.announced_status in ONLINE
    came_at = reachable_since([assignee.pk]).get(assignee.pk) if is_published else timezone.now()
    moments = [each for each in (came_at, opened_since(assignment)) if each is not None]
    return move_timer(conversation, max(moments, default=None))


def opened_since(assignment):
    """Return when the inbox opened, if the timer was started before; else None."""
    hours, started_at = (
        assignment.inbox.opening_hours,
        assignment.conversation.response_timer_started_at,
    )
    opening = None if hours.is_open(started_at) else hours.next_opening(started_at)
    return opening if opening and opening <= timezone.now() else None
