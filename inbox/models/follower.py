from django.db import models

from inbox.models.conversation import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class FollowerQuerySet(models.QuerySet):
    def following(self):
        return self.filter(has_unfollowed=False)


class Follower(TenantModel):
    """A member who is notified of what the contact writes, no matter who is assigned.

    has_unfollowed: they left, so replying or being mentioned doesn't make them follow again.
    """

    conversation = TenantForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="followers",
        db_index=False,  # `one_follower_per_member` starts with it
    )
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="followed")
    has_unfollowed = models.BooleanField(default=False)

    objects = FollowerQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("follower", "conversation", "membership"),
            models.UniqueConstraint(
                fields=["conversation", "membership"], name="one_follower_per_member"
            ),
        ]
