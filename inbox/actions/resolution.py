from django.utils.translation import gettext as _

from inbox.change import changing
from inbox.models import Conversation, Message
from inbox.signals import conversation_needs_agent


class CannotReopen(Exception):
    """Its message explains to the agent why."""


def resolve_conversation(conversation, *, by=None, contact=None):
    """Resolve the conversation, for a member or for its contact, or for neither (MessageHub).

    The contact's next message reopens it.
    """
    with changing(conversation) as change:
        if change.conversation.is_resolved:
            return False
        change.conversation.status = Conversation.Status.RESOLVED
        change.conversation.snoozed_until = None
        change.conversation.released_by = []
        clear_waiting(change.conversation)
        details = {"contact": contact.display_name} if contact else {}
        if by is contact is None:
            details["is_automatic"] = True
        change.add_activity(Message.Activity.RESOLVED, by=by, **details)
    return True


def clear_waiting(conversation):
    """Stop the response timer. Agents who timed out become eligible again."""
    conversation.waiting_since = None
    conversation.stop_response_timer()
    conversation.timed_out_for = []


def reopen_conversation(conversation, *, by=None):
    """Reopen the conversation for an agent, or (by=None) because the contact wrote.

    Raises CannotReopen.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_resolved:
            return False
        if other := find_unresolved_sibling(conversation):
            raise CannotReopen(
                _("This contact already has an open conversation: %(other)s.") % {"other": other}
            )
        conversation.status = Conversation.Status.OPEN
        conversation.rating = None
        details = {} if by else {"contact": conversation.contact.display_name}
        change.add_activity(Message.Activity.REOPENED, by=by, **details)
        if by is None or not has_eligible_assignee(conversation):
            conversation_needs_agent.send(
                Conversation, conversation=conversation, trigger="reopened"
            )
    return True


def has_eligible_assignee(conversation):
    """Return whether it has an assignee who can still answer this inbox."""
    agents = conversation.inbox.possible_assignees
    return conversation.assignee_id and agents.filter(pk=conversation.assignee_id).exists()


def find_unresolved_sibling(conversation):
    siblings = Conversation.objects.filter(
        inbox=conversation.inbox_id, contact=conversation.contact_id
    )
    return siblings.unresolved().first()
