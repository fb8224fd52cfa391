"""What somebody has and could hand over, for the page of a member."""

from django import template

from routing.handover.form import can_hand_over_for_others
from inbox.open_counts import count_open_conversations

register = template.Library()


@register.simple_tag
def open_chats_of(membership, by):
    """How many open conversations; 0 also when `by` may not hand them over."""
    if by.pk == membership.pk or not can_hand_over_for_others(by):
        return 0
    return count_open_conversations(membership.workspace_id, [membership.pk]).get(membership.pk, 0)
