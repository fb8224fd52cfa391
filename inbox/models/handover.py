from django.db import models

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class PendingHandover(TenantModel):
    """A member lost access and some of their conversations still have to be handed over.

    Created in the transaction that ends the access and deleted when no conversation is left.
    """

    membership = TenantForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # `one_pending_handover_per_member` is on it
    )
    # None returns the conversations to the queue.
    assignee = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # How many conversations each assignee has received so far, by name, for the audit log.
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            *same_workspace_constraints("pendinghandover", "membership", "assignee", "decided_by"),
            models.UniqueConstraint(fields=["membership"], name="one_pending_handover_per_member"),
        ]
