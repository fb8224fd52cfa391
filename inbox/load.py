from django.db.models import Count

from inbox.models import Conversation
from teams.load import register


@register
def open_conversations(workspace_id, memberships):
    """{membership's id: open conversations}, over all inboxes of the workspace."""
    held = Conversation.objects.open().filter(workspace=workspace_id, assignee__in=memberships)
    return dict(held.order_by().values_list("assignee").annotate(Count("pk")))
