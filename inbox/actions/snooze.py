"""Snoozes conversations until a time or until the contact writes again."""

import logging

from django.utils import timezone

from inbox.actions.resolution import has_eligible_assignee
from inbox.change import changing
from inbox.models import Conversation, Message
from inbox.signals import conversation_needs_agent, conversation_woken

logger = logging.getLogger(__name__)
BATCH_SIZE = 500


def snooze_conversation(conversation, *, until, by):
    """Snooze the conversation until a time. Return whether anything changed.

    The assignee keeps it, but it doesn't count towards their capacity. Snoozing it again changes
    the time. A resolved conversation, or a time in the past, changes nothing.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        is_same = conversation.is_snoozed and conversation.snoozed_until == until
        if conversation.is_resolved or is_same or until <= timezone.now():
            return False
        conversation.status = Conversation.Status.SNOOZED
        conversation.snoozed_until = until
        conversation.stop_response_timer()
        change.add_activity(Message.Activity.SNOOZED, by=by, until=until.isoformat())
    return True


def wake_conversation(conversation, *, by=None):
    """End the snooze for an agent, or (by=None) because the time is up or the contact wrote.

    If the assignee can't answer it any more, routing looks for an agent.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_snoozed:
            return False
        details = {"cause": "agent" if by else "time" if is_due(conversation) else "contact"}
        details["contact"] = conversation.contact.display_name
        conversation.status = Conversation.Status.OPEN
        conversation.snoozed_until = None
        change.add_activity(Message.Activity.WOKEN, by=by, **details)
        if has_eligible_assignee(conversation):
            conversation_woken.send(Conversation, conversation=conversation)
        else:
            conversation_needs_agent.send(
                Conversation, conversation=conversation, trigger="snooze_over"
            )
    return True


def wake_due_conversations():
    """Wake conversations whose snooze is over, the longest due first. Return how many.

    A failure with one conversation is logged and doesn't stop the others.
    """
    count = 0
    due = Conversation.objects.snoozed().filter(workspace__deleted_at=None)
    due = due.filter(snoozed_until__lte=timezone.now()).order_by("snoozed_until", "pk")
    for pk in list(due.values_list("pk", flat=True)[:BATCH_SIZE]):
        try:
            count += wake_if_due(pk)
        except Conversation.DoesNotExist:
            continue
        except Exception:
            logger.exception("waking conversation %s", pk)
    return count


def wake_if_due(pk):
    """Lock the conversation and check again: an agent may have changed the time meanwhile."""
    with changing(Conversation(pk=pk)) as change:
        return is_due(change.conversation) and wake_conversation(change.conversation)


def is_due(conversation):
    return conversation.is_snoozed and conversation.snoozed_until <= timezone.now()
