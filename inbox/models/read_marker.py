from django.db import models

from inbox.models.conversation import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class ReadMarker(TenantModel):
    """Up to which entry a member has read a conversation."""

    conversation = TenantForeignKey(Conversation, on_delete=models.CASCADE, related_name="readings")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="readings")
    seq = models.PositiveIntegerField()

    class Meta:
        constraints = [
            *same_workspace_constraints("reading", "conversation", "membership"),
            models.UniqueConstraint(
                fields=["conversation", "membership"], name="one_reading_a_member"
            ),
        ]
