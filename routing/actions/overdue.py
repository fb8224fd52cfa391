"""What happens when the answer-by time is over."""

from django.utils import timezone

from inbox.change import changing
from inbox.models import Contact, Conversation
from routing.actions.assignment import give_on
from routing.actions.engine import Assignment
from routing.emails.agents import email_owner_of_reassignment
from routing.actions.timers import minutes_of
from teams.availability import REACHABLE, status_of, reachable_since


def pass_on(conversation):
    """To the next who is available. Nobody is: it stays where it is, until somebody is.

    An owner who did not answer is told. Whoever has it by a person's choice keeps it.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_overdue or not conversation.is_routed:
            return None
        deciding = Assignment(change, "timer")
        if has_ended(deciding) or has_just_come(deciding):
            change.touch()
            return None
        had_it, timed_out_for = conversation.assignee, conversation.timed_out_for
        conversation.timed_out_for = [*timed_out_for, had_it.pk]
        given = give_on(deciding)
        if given is None:
            conversation.timed_out_for = timed_out_for
        elif is_owner(had_it, conversation):
            email_owner_of_reassignment(conversation, owner=had_it, to=given)
        return given


def has_ended(deciding):
    """Nobody waits, or the inbox has no such rule any more: the timer is off."""
    conversation = deciding.conversation
    rule = "owner" if is_owner(conversation.assignee, conversation) else ""
    if conversation.waiting_since and minutes_of(deciding.routing, rule):
        return False
    conversation.response_timer_started_at = conversation.response_due_at = None
    return True


def is_owner(membership, conversation):
    return Contact.objects.filter(pk=conversation.contact_id, owner=membership).exists()


def has_just_come(deciding):
    """They, or the inbox's hours, were not there when the time began and are now: it begins now.

    Also before this was announced: of several who come at once, one is announced first, and
    would be given what the others have not seen yet.
    """
    conversation = deciding.conversation
    if status_of(conversation.assignee, deciding.circle.online) not in REACHABLE:
        return False
    is_told = conversation.assignee.announced_status in REACHABLE
    assignee = conversation.assignee_id
    came = reachable_since([assignee]).get(assignee) if is_told else timezone.now()
    moments = [each for each in (came, opened_since(deciding)) if each is not None]
    return begin_again(conversation, max(moments, default=None))


def opened_since(deciding):
    """The moment the inbox opened, if the time to answer began before; else None."""
    hours, began = deciding.inbox.opening_hours, deciding.conversation.response_timer_started_at
    opening = None if hours.is_open(began) else hours.next_opening(began)
    return opening if opening and opening <= timezone.now() else None


def begin_again(conversation, since):
    """The whole time from `since` on, unless the timer was started later, or it is over too."""
    if since is None or conversation.response_timer_started_at >= since:
        return False
    response_due_at = since + (conversation.response_due_at - conversation.response_timer_started_at)
    if response_due_at <= timezone.now():
        return False
    conversation.response_timer_started_at, conversation.response_due_at = since, response_due_at
    return True


def begun_before_they_came(memberships):
    """[(conversation, whose it is, when they came)], as ids: the time to answer it runs since
    before."""
    held = Conversation.objects.open().filter(assignee__in=memberships).exclude(response_timer_started_at=None)
    held = list(held.values_list("pk", "assignee", "response_timer_started_at"))
    came = reachable_since({assignee for _pk, assignee, _began in held})
    return [
        (pk, assignee, came[assignee])
        for pk, assignee, began in held
        if assignee in came and began < came[assignee]
    ]


def restart_timer(conversation, *, assignee, since):
    """Whoever (an id) was not there and comes has the whole time to answer what they find."""
    with changing(conversation) as change:
        conversation = change.conversation
        is_theirs = conversation.is_open and conversation.assignee_id == assignee
        if is_theirs and conversation.response_due_at and begin_again(conversation, since):
            change.touch()
