"""News that travels upward, sent inside the transaction of what happened.

workspace_created(workspace, by): a new workspace and the membership of its founder.
availability_changed(membership, became_available): somebody can take chats, or no longer can.
"""

from django.dispatch import Signal

workspace_created = Signal()
availability_changed = Signal()
