from django.db import models

from inbox.models.conversation import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class ReadMarker(TenantModel):
    """How far a member has read a conversation: the seq of the last entry they saw."""

    conversation = TenantForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="read_markers",
        db_index=False,  # `one_read_marker_per_member` starts with it
    )
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="read_markers")
    seq = models.PositiveIntegerField()

    class Meta:
        constraints = [
            *same_workspace_constraints("readmarker", "conversation", "membership"),
            models.UniqueConstraint(
                fields=["conversation", "membership"], name="one_read_marker_per_member"
            ),
        ]
