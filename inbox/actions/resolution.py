from django.utils.translation import gettext as _

from inbox.change import changing
from inbox.models import Conversation
from inbox.signals import conversation_needs_agent


class CannotReopen(Exception):
    """Says in words why not."""


def resolve_conversation(conversation, *, by=None):
    """Done. The contact's next message opens it again."""
    with changing(conversation) as change:
        if change.conversation.is_resolved:
            return False
        change.conversation.status = Conversation.Status.RESOLVED
        change.conversation.snoozed_until = None
        change.conversation.released_by = []
        nobody_waits(change.conversation)
        change.add_activity("resolved", by=by)
    return True


def nobody_waits(conversation):
    """No timer runs, and who let it pass may be asked again."""
    conversation.waiting_since = conversation.response_timer_started_at = conversation.response_due_at = None
    conversation.timed_out_for = []


def reopen_conversation(conversation, *, by=None):
    """Open again, by an agent or (by=None) because the contact wrote. Raises CannotReopen."""
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_resolved:
            return False
        if other := live_sibling(conversation):
            raise CannotReopen(
                _("This contact already has an open conversation: %(other)s.") % {"other": other}
            )
        conversation.status = Conversation.Status.OPEN
        details = {} if by else {"contact": conversation.contact.display_name}
        change.add_activity("reopened", by=by, **details)
        if by is None or not has_somebody(conversation):
            conversation_needs_agent.send(
                Conversation, conversation=conversation, trigger="reopened"
            )
    return True


def has_somebody(conversation):
    """Whoever had it is still there for this inbox."""
    people = conversation.inbox.possible_assignees
    return conversation.assignee_id and people.filter(pk=conversation.assignee_id).exists()


def live_sibling(conversation):
    siblings = Conversation.objects.filter(
        inbox=conversation.inbox_id, contact=conversation.contact_id
    )
    return siblings.exclude(status=Conversation.Status.RESOLVED).first()
