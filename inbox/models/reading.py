from django.db import models

from inbox.models.conversation import Conversation
from teams.models import Membership
from teams.models.workspace import TenantModel


class Reading(TenantModel):
    """Up to which entry a member has read a conversation."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="readings"
    )
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="readings")
    seq = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "membership"], name="one_reading_a_member"
            )
        ]
