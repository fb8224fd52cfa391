"""Whoever has a limit: one conversation more or less changes what they are."""

from teams.actions.availability import announce_availability, show_availability
from teams.models import Membership


def tell_loads(change):
    """After commit. Room that became free is filled; a new load is only shown."""
    before, after = holder(change.was), holder(change.conversation.place)
    if before == after:
        return
    limited = Membership.objects.active().exclude(capacity=None).with_person()
    for membership in limited.filter(pk__in=[pk for pk in (before, after) if pk]):
        if str(membership.pk) == before:
            announce_availability(membership)
        else:
            show_availability(membership)


def holder(place):
    """The membership's id in whose load it counts; empty: nobody's."""
    return place["assignee"] if place and place["status"] == "open" else ""
