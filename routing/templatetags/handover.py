from django import template

from inbox.open_counts import count_open_conversations
from routing.handover.form import can_hand_over_for_others

register = template.Library()


@register.simple_tag
def handover_count(membership, by):
    """Count the open conversations that `by` can hand over for this member: 0 for themselves."""
    if by.pk == membership.pk or not can_hand_over_for_others(by):
        return 0
    return count_open_conversations(membership.workspace_id, [membership.pk]).get(membership.pk, 0)
