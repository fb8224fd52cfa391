"""The answer-by timer: whoever was found by routing and does not answer in time loses it."""

from datetime import timedelta

from django.utils import timezone

from routing.models import Routing

OWNERS = ("owner", "owner_online", "owner_unknown", "owner_offline", "owner_offline_no_email")


def start_timer(conversation, routing, rule):
    """On the locked conversation; it runs while the contact waits. Else it is off."""
    minutes = minutes_of(routing, rule)
    if not minutes or conversation.waiting_since is None:
        conversation.response_timer_started_at = conversation.response_due_at = None
        return
    conversation.response_timer_started_at = timezone.now()
    conversation.response_due_at = conversation.response_timer_started_at + timedelta(minutes=minutes)


def resume_timer(conversation):
    """The contact waits for whoever was found by routing, and none runs: the whole time, from now.

    After a snooze, and with the next thing a contact writes: what ended the timer was no answer.
    """
    if not conversation.is_routed or conversation.response_due_at is not None:
        return
    is_owners = conversation.contact.owner_id == conversation.assignee_id
    rule = "owner" if is_owners else "round_robin"
    start_timer(conversation, Routing.objects.of(conversation.inbox), rule)


def minutes_of(routing, rule):
    """How long whoever got it by this rule has to answer; None: as long as they want."""
    by_route = routing.to_owner and rule in OWNERS
    return routing.owner_minutes if by_route else routing.answer_minutes
