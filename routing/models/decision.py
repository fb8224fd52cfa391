from django.db import models

from inbox.models import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class Decision(TenantModel):
    """Why a conversation went to somebody, or to nobody: what was known at that moment.

    candidates: the first ones in the order in which they were asked, each {"id", "name", "code",
    "turn", "load"}; tally: how many had which code, over all of them.
    """

    conversation = TenantForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="decisions"
    )
    trigger = models.CharField(max_length=20)
    rule = models.CharField(max_length=20)
    candidates = models.JSONField()
    tally = models.JSONField(default=dict)
    chosen = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    chosen_name = models.CharField(max_length=80, default="")
    microseconds = models.PositiveIntegerField()

    class Meta:
        constraints = same_workspace_constraints("decision", "conversation", "chosen")
        indexes = [
            models.Index(fields=["conversation", "created_at"], name="decisions_in_order"),
            models.Index(fields=["workspace", "-created_at"], name="decisions_of_workspace"),
        ]

    @property
    def sentence(self):
        from routing.explanations import explain_decision

        return explain_decision(self)

    @property
    def duration(self):
        """How long choosing and assigning took, locks included."""
        return f"{self.microseconds / 1000:.1f} ms"
