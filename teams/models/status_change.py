from django.db import models

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models.membership import Membership
from teams.models.workspace import TenantModel


class StatusChange(TenantModel):
    """From this moment on a member was this: the timeline of availability, code by code."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="states")
    code = models.CharField(max_length=20)
    # Who caused it, when it was not themselves (an administrator set them away).
    by = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = same_workspace_constraints("statechange", "membership", "by")
        indexes = [models.Index(fields=["membership", "-created_at"], name="states_of_member")]
