"""Members with a capacity change status when their open conversations change."""

from teams.actions.status import publish_status, publish_status_changes
from teams.models import Membership


def publish_capacity_change(change):
    """After a commit, publish the status of members whose number of open conversations changed.

    A member who has room again is assigned waiting conversations. A higher count is only
    published.
    """
    before, after = (
        open_assignee(change.previous_list_key),
        open_assignee(change.conversation.list_key),
    )
    if before == after:
        return
    if before and (member := find_limited(before)):
        publish_status_changes(member)
    # Usually no one has a capacity, and then there is nothing to query.
    has_capacity = after and change.conversation.assignee.capacity is not None
    if has_capacity and (member := find_limited(after)):
        publish_status(member)


def find_limited(pk):
    members = Membership.objects.active().exclude(capacity=None)
    return members.with_related().filter(pk=pk).first()


def open_assignee(list_key):
    """Return the id of the member whose open conversations include it, or an empty string."""
    return list_key["assignee"] if list_key and list_key["status"] == "open" else ""
