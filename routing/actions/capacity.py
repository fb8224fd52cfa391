"""Whoever has a limit: one conversation more or less changes what they are."""

from teams.actions.status import publish_status_changes, publish_status
from teams.models import Membership


def tell_loads(change):
    """After commit. Room that became free is filled; a new load is only shown."""
    before, after = holder(change.previous_list_key), holder(change.conversation.list_key)
    if before == after:
        return
    if before and (lost := limited(before)):
        publish_status_changes(lost)
    # Nearly always nobody counts, and then there is nothing to ask.
    has_limit = after and change.conversation.assignee.capacity is not None
    if has_limit and (given := limited(after)):
        publish_status(given)


def limited(pk):
    people = Membership.objects.active().exclude(capacity=None)
    return people.with_related().filter(pk=pk).first()


def holder(place):
    """The membership's id in whose load it counts; empty: nobody's."""
    return place["assignee"] if place and place["status"] == "open" else ""
