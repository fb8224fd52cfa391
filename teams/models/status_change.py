from django.db import models

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models.membership import Membership
from teams.models.workspace import TenantModel
from teams.statuses import AvailabilityStatus


class StatusChange(TenantModel):
    """A member's availability status from `created_at` on, until their next one."""

    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="status_changes"
    )
    status = models.CharField(max_length=20, choices=AvailabilityStatus)
    # Who set it, if it was someone else: an administrator can set a member away.
    by = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = same_workspace_constraints("statuschange", "membership", "by")
        indexes = [
            models.Index(fields=["membership", "-created_at"], name="status_changes_of_member")
        ]
