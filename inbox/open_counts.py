"""How many open conversations members have."""

from django.db.models import Count
from django.dispatch import receiver

from inbox.models import Conversation
from teams.signals import open_counts_requested


def count_open_conversations(workspace_id, memberships):
    """Count over all inboxes: {membership id: open conversations}, without the zeros."""
    memberships = list(memberships)
    if not memberships:
        return {}
    held = Conversation.objects.open().filter(workspace=workspace_id, assignee__in=memberships)
    return dict(held.order_by().values_list("assignee").annotate(Count("pk")))


def count_towards_capacity(membership):
    """Count a member's open conversations; 0 if they have no capacity, because no rule needs it."""
    if membership.capacity is None:
        return 0
    counts = count_open_conversations(membership.workspace_id, [membership.pk])
    return counts.get(membership.pk, 0)


@receiver(open_counts_requested)
def answer_open_counts(sender, workspace_id, memberships, **kwargs):
    return count_open_conversations(workspace_id, memberships)
