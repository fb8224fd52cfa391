from django.db import models

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class PendingHandover(TenantModel):
    """A member has lost access, and their conversations are still to be handed over.

    Written in the transaction that ends the access, and deleted when nothing is left to do.
    hand_to: who gets them, or None for the queue. by: who decided it.
    """

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    hand_to = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    by = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    # What was done so far, for the audit log: {name of who got them: how many}.
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            *same_workspace_constraints("pendinghandover", "membership", "hand_to", "by"),
            models.UniqueConstraint(fields=["membership"], name="one_pending_handover_a_member"),
        ]
