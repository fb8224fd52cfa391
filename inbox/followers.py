"""Who follows a conversation."""

from uuid import UUID

from inbox.models import Conversation, Inbox
from messagehub.lib.prepared_query import PreparedQuery


def list_followers(conversation):
    """Return the members who follow the conversation and may see it, by name."""
    ids = {
        "pk": conversation.pk,
        "inbox": conversation.inbox_id,
        "workspace": conversation.workspace_id,
    }
    if conversation.assignee_id is None:
        return OF_UNASSIGNED.all(**ids)
    return OF_ASSIGNED.all(**ids, assignee=conversation.assignee_id)


def build_query(pk, inbox, workspace, assignee=None):
    inbox = Inbox(pk=inbox, workspace_id=workspace)
    conversation = Conversation(pk=pk, inbox=inbox, assignee_id=assignee)
    following = conversation.followers.following().values("membership")
    return conversation.audience.filter(pk__in=following).order_by("user__name", "pk")


# Every opened conversation shows them.
OF_UNASSIGNED = PreparedQuery(build_query, pk=UUID, inbox=UUID, workspace=UUID)
OF_ASSIGNED = PreparedQuery(build_query, pk=UUID, inbox=UUID, workspace=UUID, assignee=UUID)
