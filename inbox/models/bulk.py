from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inbox.models.conversation import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel

# The page offers it for ten seconds (templates/inbox/_bulk_run.html). The rest is for a slow
# network, and for someone who keeps the offer open by pointing at it.
UNDO_PERIOD = timedelta(minutes=2)


class BulkRun(TenantModel):
    """One change that a member makes to many conversations at once, and its progress."""

    class Operation(models.TextChoices):
        ASSIGN = "assign"
        LABEL = "label"
        PRIORITY = "priority"
        TEAM = "team"
        SNOOZE = "snooze"
        WAKE = "wake"
        RESOLVE = "resolve"
        REOPEN = "reopen"

    class State(models.TextChoices):
        RUNNING = "running"
        FINISHED = "finished"
        UNDOING = "undoing"
        UNDONE = "undone"

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="+",
        editable=False,
        db_index=False,  # `bulk_run_of_workspace` starts with it
    )
    by = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="bulk_runs")
    operation = models.CharField(max_length=10, choices=Operation)
    # What the operation sets, such as {"assignee": "…"}; ids are looked up in the workspace.
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)
    # How many of the selected conversations the member could no longer see when it started.
    missing = models.PositiveIntegerField(default=0)
    is_stopped = models.BooleanField(default=False)
    # When a process last worked on it, so that the sweep takes up only what was left.
    worked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *same_workspace_constraints("bulkrun", "by"),
            models.UniqueConstraint(fields=["workspace", "id"], name="bulk_run_of_workspace"),
            models.UniqueConstraint(
                fields=["by"],
                condition=Q(state__in=["running", "undoing"]),
                name="one_bulk_run_at_a_time",
            ),
        ]

    @property
    def is_running(self):
        return self.state in (self.State.RUNNING, self.State.UNDOING)

    @property
    def can_be_undone(self):
        if self.state != self.State.FINISHED:
            return False
        return timezone.now() < self.finished_at + UNDO_PERIOD

    @property
    def remaining(self):
        """Return the conversations that the run, or its undo, hasn't come to yet."""
        if self.state == self.State.UNDOING:
            return self.items.filter(result=BulkItem.Result.CHANGED, undo_result="")
        return self.items.filter(result="")


class BulkItem(TenantModel):
    """One conversation of a bulk run: the result, and what an undo puts back."""

    class Result(models.TextChoices):
        """The labels of refusals are the reasons in the run's report."""

        CHANGED = "changed", pgettext_lazy("conversation", "Changed")
        UNCHANGED = "unchanged", _("No change was needed")
        HIDDEN = "hidden", _("You can't see it any more")
        FORBIDDEN = "forbidden", _("Your role doesn't allow it any more")
        NOT_ASSIGNABLE = "not_assignable", _("The agent doesn't answer its inbox")
        OTHER_OPEN = "other_open", _("The contact has another open conversation")
        RESOLVED = "resolved", _("It's resolved")
        PAST = "past", _("The snooze time has passed")
        TOO_MANY_LABELS = "too_many_labels", _("It has too many labels")
        GONE = "gone", _("The label or team was deleted")
        STOPPED = "stopped", _("Not reached before you stopped")
        SINCE_CHANGED = "since_changed", _("Someone has changed it since")
        FAILED = "failed", _("Something went wrong. Try again")

    run = TenantForeignKey(
        BulkRun,
        on_delete=models.CASCADE,
        related_name="items",
        db_index=False,  # `once_in_a_bulk_run` starts with it
    )
    conversation = TenantForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    # Empty until the run has come to it.
    result = models.CharField(max_length=20, choices=Result, blank=True, default="")
    # What the operation may change, before and after it, and the last entry afterwards.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    seq = models.PositiveIntegerField(default=0)
    undo_result = models.CharField(max_length=20, choices=Result, blank=True, default="")

    class Meta:
        constraints = [
            *same_workspace_constraints("bulkitem", "run", "conversation"),
            models.UniqueConstraint(fields=["run", "conversation"], name="once_in_a_bulk_run"),
        ]
