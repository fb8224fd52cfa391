"""The response timer: an agent whom routing chose and who doesn't answer in time is replaced."""

from datetime import timedelta

from django.utils import timezone

from inbox.change import changing
from inbox.models import Conversation
from routing.models import Routing
from routing.policy import response_minutes
from routing.rules import Rule
from teams.availability import reachable_since


def start_timer(conversation, routing, rule):
    """Start the timer of the locked conversation if its contact is waiting; otherwise stop it."""
    minutes = response_minutes(routing, rule)
    if not minutes or conversation.waiting_since is None:
        stop_timer(conversation)
        return
    conversation.response_timer_started_at = timezone.now()
    conversation.response_due_at = conversation.response_timer_started_at + timedelta(
        minutes=minutes
    )


def stop_timer(conversation):
    conversation.response_timer_started_at = conversation.response_due_at = None


def resume_timer(conversation):
    """Start the whole time again if the contact waits for an agent whom routing chose.

    After a snooze, and with the next message: what stopped the timer was no answer.
    """
    if not conversation.is_routed or conversation.response_due_at is not None:
        return
    is_owners = conversation.contact.owner_id == conversation.assignee_id
    rule = Rule.OWNER if is_owners else Rule.ROUND_ROBIN
    start_timer(conversation, Routing.objects.of(conversation.inbox), rule)


def timer_minutes(conversation):
    """Return for how many minutes the timer was started; 0 if none runs."""
    if conversation.response_due_at is None:
        return 0
    return round(
        (conversation.response_due_at - conversation.response_timer_started_at).total_seconds() / 60
    )


def timers_started_before_they_came(memberships):
    """Return [(conversation, assignee, when the assignee came online)], the first two as ids."""
    held = (
        Conversation.objects.open()
        .filter(assignee__in=memberships)
        .exclude(response_timer_started_at=None)
    )
    held = list(held.values_list("pk", "assignee", "response_timer_started_at"))
    came_at = reachable_since({assignee for _pk, assignee, _started_at in held})
    return [
        (pk, assignee, came_at[assignee])
        for pk, assignee, started_at in held
        if assignee in came_at and started_at < came_at[assignee]
    ]


def restart_timer(conversation, *, assignee, since):
    """Give an assignee (an id) who comes online the whole time to answer what they find."""
    with changing(conversation) as change:
        conversation = change.conversation
        is_theirs = conversation.is_open and conversation.assignee_id == assignee
        if is_theirs and conversation.response_due_at and move_timer(conversation, since):
            change.touch()


def move_timer(conversation, since):
    """Start the timer again from `since`. Returns whether that changes anything.

    It doesn't if the timer was started later, or would be over too.
    """
    if since is None or conversation.response_timer_started_at >= since:
        return False
    response_due_at = since + (
        conversation.response_due_at - conversation.response_timer_started_at
    )
    if response_due_at <= timezone.now():
        return False
    conversation.response_timer_started_at, conversation.response_due_at = since, response_due_at
    return True
