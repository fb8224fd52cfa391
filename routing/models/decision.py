from django.db import models
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from routing.rules import Rule
from teams.models import Membership
from teams.models.workspace import TenantModel


class Trigger(models.TextChoices):
    """What made routing look for an assignee. The labels are the routing board's."""

    MESSAGE = "message", _("a visitor wrote")
    REOPENED = "reopened", _("reopened")
    UNASSIGNED = "unassigned", _("returned to the queue")
    AVAILABLE = "available", _("an agent became available")
    MEMBER_LEFT = "member_left", _("the agent left or lost access")
    TIMER = "timer", _("not answered in time")
    SWEEP = "sweep", _("periodic check")
    REASSIGN = "reassign", _("reassign replies")
    TEAM = "team", _("a team was chosen")
    SNOOZE_OVER = "snooze_over", _("back from snooze")
    SETTINGS = "settings", _("settings changed")


class Decision(TenantModel):
    """Why a conversation went to a member, or to the queue: what was known at that moment.

    candidates: the first ones in the order in which they were asked, each {"id", "name", "status",
    "last_assigned_at", "open_count", "capacity", "wants_email"}; tally: how many of all candidates
    had which status; team_id and team_name: of the team that the conversation was given to, if any.
    """

    conversation = TenantForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="decisions"
    )
    trigger = models.CharField(max_length=20, choices=Trigger)
    rule = models.CharField(max_length=30, choices=Rule)
    candidates = models.JSONField()
    tally = models.JSONField(default=dict)
    chosen = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    chosen_name = models.CharField(max_length=80, default="")
    team_id = models.UUIDField(null=True)
    team_name = models.CharField(max_length=80, default="", db_default="")
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
        """How long choosing and assigning took, including locks."""
        return f"{self.microseconds / 1000:.1f} ms"
