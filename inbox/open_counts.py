from django.db.models import Count

from inbox.models import Conversation
from teams.load import register


@register
def count_open_conversations(workspace_id, memberships):
    """Return {membership id: number of open conversations} in all inboxes of the workspace."""
    conversations = Conversation.objects.open().filter(
        workspace=workspace_id, assignee__in=memberships
    )
    return dict(conversations.order_by().values_list("assignee").annotate(Count("pk")))
