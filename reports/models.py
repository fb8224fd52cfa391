"""What reports count: facts, derived from the timelines by reports.recording."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, Inbox
from messagehub.lib.same_workspace import (
    TenantForeignKey,
    TenantOneToOneField,
    same_workspace_constraints,
)
from teams.models import Membership
from teams.models.workspace import TenantModel
from teams.permissions import Permission


class Kind(models.TextChoices):
    """What happened. The labels are shown in the reports' lists."""

    NEW = "new", _("New")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Reopened")
    FIRST_REPLY = "first_reply", _("First response")
    NEXT_REPLY = "next_reply", _("Next response")
    FURTHER_REPLY = "further_reply", _("Reply while no one waited")
    QUEUED = "queued", _("Entered the queue")
    ASSIGNED = "assigned", _("Assigned from the queue")
    REASSIGNED = "reassigned", _("Taken over from a colleague")
    KEPT = "kept", _("Kept its agent")
    HANDED_OVER = "handed_over", _("Passed to a colleague")
    TIMED_OUT = "timed_out", _("Not answered in time")
    UNASSIGNED = "unassigned", _("Returned to the queue")
    LEAD = "lead", _("Email lead")
    LEAD_REPLY = "lead_reply", _("Email lead answered")
    RATED_1 = "rated_1", _("Rated: Terrible")
    RATED_2 = "rated_2", _("Rated: Bad")
    RATED_3 = "rated_3", _("Rated: OK")
    RATED_4 = "rated_4", _("Rated: Good")
    RATED_5 = "rated_5", _("Rated: Great")


class FactQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Return the facts of the conversations this member may see.

        Members who see everything get no condition, because PostgreSQL would gather all
        conversations to check it.
        """
        facts = self.filter(workspace=membership.workspace_id)
        if not membership.can(Permission.SEE_ALL):
            return facts.filter(conversation__in=Conversation.objects.visible_to(membership))
        if not membership.can(Permission.MANAGE_INBOXES):
            return facts.filter(inbox__in=Inbox.objects.visible_to(membership))
        return facts


class Fact(models.Model):
    """Something countable that one entry of a timeline shows.

    seconds: how long it took, for kinds that end something; open_seconds: only the inbox's opening
    hours. member: the one it counts for, or None (also if their row was deleted). rule and trigger
    are those of the routing decision, which is deleted sooner than the fact.
    """

    workspace = models.ForeignKey(
        "teams.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    conversation = TenantForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="facts", db_index=False
    )
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=15, choices=Kind)
    at = models.DateTimeField()
    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="+")
    member = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    seconds = models.PositiveIntegerField(null=True)
    open_seconds = models.PositiveIntegerField(null=True)
    rule = models.CharField(max_length=30, blank=True, default="")
    trigger = models.CharField(max_length=20, blank=True, default="")
    # What the conversation has today, or None. Reports would take twice as long to look it up. The
    # ids have no foreign keys: some may have been deleted, and no filter or table asks for these.
    team_id = models.UUIDField(null=True)
    label_ids = ArrayField(models.UUIDField(), null=True)

    objects = FactQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("fact", "conversation", "inbox", "member"),
            models.UniqueConstraint(
                fields=["conversation", "seq", "kind"], name="one_fact_of_a_kind_per_entry"
            ),
        ]
        indexes = [
            # Everything that figures need, so that they are read from an index alone.
            models.Index(
                fields=["workspace", "kind", "at"],
                include=["inbox", "member", "conversation", "seconds", "open_seconds", "rule"],
                name="facts_of_workspace",
            ),
            # The same for teams and labels, which would make reading the other index twice as slow.
            models.Index(
                fields=["workspace", "kind", "at"],
                include=[
                    *("inbox", "member", "conversation", "seconds", "open_seconds", "rule"),
                    *("team_id", "label_ids"),
                ],
                condition=Q(team_id__isnull=False) | Q(label_ids__isnull=False),
                name="facts_with_team_or_labels",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.seq}"


class RecordedConversation(models.Model):
    """Up to which entry a conversation's facts are recorded. Its row is locked meanwhile."""

    workspace = models.ForeignKey(
        "teams.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    conversation = TenantOneToOneField(
        Conversation, on_delete=models.CASCADE, related_name="recorded"
    )
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = same_workspace_constraints("recordedconversation", "conversation")


class Recording(models.Model):
    """One row for the installation: everything before `finished_at` is recorded."""

    finished_at = models.DateTimeField()

    @classmethod
    def up_to(cls):
        """Return the time up to which reports are complete, or None before the first run."""
        return cls.objects.values_list("finished_at", flat=True).first()


class WeeklyReportSubscription(TenantModel):
    """A member wants an email with last week's figures every Monday."""

    membership = TenantOneToOneField(Membership, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = same_workspace_constraints("weeklyreportsubscription", "membership")
