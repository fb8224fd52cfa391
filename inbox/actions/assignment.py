from inbox.change import changing
from inbox.models import Conversation
from inbox.signals import conversation_needs_agent


def assign_conversation(conversation, *, assignee, by=None, only_if=..., **because):
    """Give the conversation to a membership, or to nobody (None). Returns whether it changed.

    only_if: the assignee it must have at that moment (a guess of the system never overwrites what
    a person did in between). because: the words and decision of the activity, when routing chose.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        wanted = assignee.pk if assignee else None
        if conversation.assignee_id == wanted:
            return False
        if only_if is not ... and conversation.assignee_id != (only_if.pk if only_if else None):
            return False
        conversation.assignee = assignee
        conversation.put_back_by = None if assignee else by
        if assignee is not None:
            details = {"to": assignee.name, "to_id": str(assignee.pk)} | because
            change.add_activity("assigned", by=by, **details)
        else:
            change.add_activity("unassigned", by=by)
            if conversation.is_open and by is not None:
                conversation_needs_agent.send(
                    Conversation, conversation=conversation, trigger="unassigned"
                )
    return True
