"""Hand over a member's open conversations when they leave."""

from dataclasses import dataclass
from datetime import datetime

from inbox.actions.assignment import assign_conversation
from inbox.actions.snooze import snooze_conversation
from inbox.change import changing
from inbox.models import Conversation
from routing.handover.records import publish_handover, record_handover
from routing.models import Handover, HandoverItem
from teams.models import Membership

Action = HandoverItem.Action


@dataclass(frozen=True)
class Choice:
    """What to do with one conversation: `to` is for ASSIGN, `until` for SNOOZE."""

    conversation: Conversation
    action: Action
    to: Membership | None = None
    until: datetime | None = None


def hand_over_conversations(membership, choices, *, by) -> Handover | None:
    """Carry out the choice for each conversation that is still the member's and open.

    If `by` is a colleague, the member is notified and the audit log records it. Each conversation
    has a transaction of its own, so that no two are locked at once. If one fails, those before it
    stay handed over, recorded and published. Returns None if nothing was left to hand over.
    """
    handover = Handover.objects.create(
        workspace_id=membership.workspace_id,
        membership=membership,
        by=None if by.pk == membership.pk else by,
    )
    done = []
    try:
        for choice in choices:
            hand_over_one(handover, choice, by, done)
    finally:
        if not done:
            handover.delete()
        elif handover.is_for_other_member:
            publish_handover(handover, len(done))
    return handover if done else None


def hand_over_one(handover, choice, by, done):
    """Carry out one choice, record it in the same transaction and add it to `done`."""
    with changing(choice.conversation) as change:
        conversation, was_routed = change.conversation, change.conversation.is_routed
        is_theirs = conversation.assignee_id == handover.membership_id
        if not (is_theirs and conversation.is_open):
            return
        if not carry_out(choice, conversation, by):
            return
        HandoverItem.objects.create(
            workspace_id=handover.workspace_id,
            handover=handover,
            conversation=conversation,
            action=choice.action,
            seq=conversation.last_seq,
            was_routed=was_routed,
        )
        if handover.is_for_other_member:
            record_handover(handover, [*done, choice])
    done.append(choice)


def carry_out(choice, conversation, by):
    """Snooze or assign the conversation. Return False if that changed nothing.

    A conversation returned to the queue is routed again, but never to the member who had it.
    """
    if choice.action == Action.SNOOZE:
        return snooze_conversation(conversation, until=choice.until, by=by)
    return assign_conversation(conversation, assignee=choice.to, by=by)
