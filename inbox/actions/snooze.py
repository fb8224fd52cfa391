"""Not now: out of the open list until a moment, or until the contact writes again."""

import logging

from django.utils import timezone

from inbox.actions.resolution import has_somebody
from inbox.change import changing
from inbox.models import Conversation
from inbox.signals import conversation_needs_agent, conversation_woken

logger = logging.getLogger(__name__)
AT_ONCE = 500


def snooze_conversation(conversation, *, until, by):
    """It comes back by itself at `until`. Snoozing again moves that moment.

    Whoever has it keeps it, and it takes none of their room while it is snoozed. Returns whether
    it changed: a resolved one, or a moment that is over, changes nothing.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        same = conversation.is_snoozed and conversation.snoozed_until == until
        if conversation.is_resolved or same or until <= timezone.now():
            return False
        conversation.status = Conversation.Status.SNOOZED
        conversation.snoozed_until = until
        conversation.response_timer_started_at = conversation.response_due_at = None
        change.add_activity("snoozed", by=by, until=until.isoformat())
    return True


def wake_conversation(conversation, *, by=None):
    """Open again: by an agent, or (by=None) because it is time or the contact wrote.

    Without somebody who can answer it, it is given to the next.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_snoozed:
            return False
        details = {"why": "agent" if by else "time" if is_due(conversation) else "contact"}
        details["contact"] = conversation.contact.display_name
        conversation.status = Conversation.Status.OPEN
        conversation.snoozed_until = None
        change.add_activity("woken", by=by, **details)
        if has_somebody(conversation):
            conversation_woken.send(Conversation, conversation=conversation)
        else:
            conversation_needs_agent.send(
                Conversation, conversation=conversation, trigger="snooze_over"
            )
    return True


def wake_due_conversations():
    """The clock: what is due comes back, the longest due first. Returns how many.

    What goes wrong with one is logged and does not hold up the others.
    """
    woken = 0
    due = Conversation.objects.snoozed().filter(workspace__deleted_at=None)
    due = due.filter(snoozed_until__lte=timezone.now()).order_by("snoozed_until", "pk")
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            woken += wake_if_due(pk)
        except Conversation.DoesNotExist:
            continue
        except Exception:
            logger.exception("waking conversation %s", pk)
    return woken


def wake_if_due(pk):
    """Somebody may have moved the moment since it was looked for."""
    with changing(Conversation(pk=pk)) as change:
        return is_due(change.conversation) and wake_conversation(change.conversation)


def is_due(conversation):
    return conversation.is_snoozed and conversation.snoozed_until <= timezone.now()
