"""The answer-by timer: whoever was found by routing and does not answer in time loses it."""

from datetime import timedelta

from django.utils import timezone

OWNERS = ("owner", "owner_absent", "owner_unmailed")


def start_timer(conversation, routing, rule):
    """On the locked conversation; it runs while the contact waits. Else it is off."""
    minutes = minutes_of(routing, rule)
    if not minutes or conversation.waiting_since is None:
        conversation.answer_from = conversation.answer_by = None
        return
    conversation.answer_from = timezone.now()
    conversation.answer_by = conversation.answer_from + timedelta(minutes=minutes)


def minutes_of(routing, rule):
    """How long whoever got it by this rule has to answer; None: as long as they want."""
    by_route = routing.to_owner and rule in OWNERS
    return routing.owner_minutes if by_route else routing.answer_minutes
