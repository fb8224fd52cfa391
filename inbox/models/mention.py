from django.db import models

from inbox.models.conversation import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class Mention(TenantModel):
    """The latest note of a conversation that mentions a member, by name or with their team."""

    conversation = TenantForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="mentions",
        db_index=False,  # `one_mention_per_member` starts with it
    )
    membership = TenantForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="mentions",
        db_index=False,  # `mentions_of_member` starts with it
    )
    seq = models.PositiveIntegerField()
    mentioned_at = models.DateTimeField()

    class Meta:
        constraints = [
            *same_workspace_constraints("mention", "conversation", "membership"),
            models.UniqueConstraint(
                fields=["conversation", "membership"], name="one_mention_per_member"
            ),
        ]
        indexes = [
            models.Index(fields=["membership", "-mentioned_at"], name="mentions_of_member"),
        ]
