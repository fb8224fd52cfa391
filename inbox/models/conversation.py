from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models.contact import Contact
from inbox.models.handover import PendingHandover
from inbox.models.inbox import Inbox, InboxMember
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel
from teams.permissions import Permission


class ConversationQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The one question about access to conversations."""
        visible = self.filter(
            workspace=membership.workspace_id, inbox__in=Inbox.objects.visible_to(membership)
        )
        if membership.can(Permission.SEE_ALL):
            return visible
        return visible.filter(Q(assignee=membership) | Q(assignee=None))

    def open(self):
        return self.filter(status=Conversation.Status.OPEN)

    def live(self):
        """Open or snoozed: a contact has one such in an inbox."""
        return self.exclude(status=Conversation.Status.RESOLVED)

    def snoozed(self):
        return self.filter(status=Conversation.Status.SNOOZED)

    def resolved(self):
        return self.filter(status=Conversation.Status.RESOLVED)

    def with_ineligible_assignee(self):
        """They have an assignee who was removed, or has lost the inbox or the role for it.

        What a pending handover will bring to the person who was chosen is not among them.
        """
        people = Membership.objects.active().allowing(Permission.ANSWER)
        everywhere = people.allowing(Permission.MANAGE_INBOXES).values("pk")
        here = InboxMember.objects.filter(
            inbox=OuterRef("inbox"), membership=OuterRef("assignee"), membership__in=people
        )
        held = self.open().exclude(assignee=None).exclude(assignee__in=everywhere)
        held = held.exclude(assignee__in=PendingHandover.objects.values("membership"))
        return held.filter(~Exists(here), workspace__deleted_at=None)

    def unassigned(self):
        return self.filter(assignee=None)

    def of(self, membership):
        return self.filter(assignee=membership)

    def waiting_for_agent(self):
        return self.open().unassigned().filter(workspace__deleted_at=None)

    def overdue(self):
        """Somebody has it, and the time to answer is over."""
        return self.filter(response_due_at__lte=timezone.now()).exclude(assignee=None)

    def latest_first(self):
        return self.order_by("-last_activity_at", "-id")

    def with_related(self):
        return self.select_related("contact", "inbox", "assignee__user", "workspace")


class Conversation(TenantModel):
    """One exchange with one contact in one inbox, numbered per workspace."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SNOOZED = "snoozed", _("Snoozed")
        RESOLVED = "resolved", _("Resolved")

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="conversations",
        editable=False,
        db_index=False,  # `conversation_of_workspace` begins with it
    )
    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="conversations")
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="conversations")
    number = models.PositiveIntegerField(editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    assignee = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    # Whoever had it when it was put back into the queue, since the contact wrote last; and when
    # that was, the last time.
    released_by = ArrayField(models.UUIDField(), default=list, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    # The assignee was found by routing, not by a person: only then it may go on to the next.
    is_routed = models.BooleanField(default=False, editable=False)
    # Whoever let the answer-by time pass, since the contact began to wait.
    timed_out_for = ArrayField(models.UUIDField(), default=list, editable=False)
    # The answer-by timer: when it was started and when it runs out; nothing: it is off.
    response_timer_started_at = models.DateTimeField(null=True, editable=False)
    response_due_at = models.DateTimeField(null=True, editable=False)
    snoozed_until = models.DateTimeField(null=True, editable=False)
    # Up to which entry the contact has seen it.
    contact_read_seq = models.PositiveIntegerField(default=0, editable=False)
    last_seq = models.PositiveIntegerField(default=0, editable=False)
    # The list shows the last thing said, and since when the contact waits for an answer.
    preview = models.CharField(max_length=130, default="", editable=False)
    preview_kind = models.CharField(max_length=10, default="", editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)
    page_url = models.CharField(max_length=500, blank=True, default="")
    # The flood limit counts entries since a moment, on the row that is locked anyway.
    rate_window_started_at = models.DateTimeField(null=True, editable=False)
    rate_window_seq = models.PositiveIntegerField(default=0, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("conversation", "inbox", "contact", "assignee"),
            models.UniqueConstraint(fields=["workspace", "id"], name="conversation_of_workspace"),
            models.UniqueConstraint(fields=["workspace", "number"], name="one_number_a_workspace"),
            # A second one for the same contact would split what they say over two agents.
            models.UniqueConstraint(
                fields=["inbox", "contact"],
                condition=~Q(status="resolved"),
                name="one_live_conversation_a_contact",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "inbox", "status", "-last_activity_at", "-id"],
                name="conversation_list",
            ),
            models.Index(
                fields=["workspace", "assignee", "-last_activity_at"],
                condition=Q(status="open"),
                name="conversation_mine",
            ),
            models.Index(
                fields=["waiting_since"],
                condition=Q(status="open", waiting_since__isnull=False),
                name="conversation_unanswered",
            ),
            models.Index(
                fields=["response_due_at"],
                condition=Q(response_due_at__isnull=False),
                name="conversation_answer_by",
            ),
            models.Index(
                fields=["snoozed_until"],
                condition=Q(status="snoozed"),
                name="conversation_snoozed",
            ),
            models.Index(
                fields=["inbox", "created_at"],
                condition=Q(status="open", assignee=None),
                name="conversation_waiting",
            ),
        ]

    def __str__(self):
        return f"#{self.number}"

    @property
    def is_open(self):
        return self.status == self.Status.OPEN

    @property
    def is_snoozed(self):
        return self.status == self.Status.SNOOZED

    @property
    def is_overdue(self):
        has_somebody = self.is_open and self.assignee_id is not None
        return has_somebody and self.response_due_at is not None and self.response_due_at <= timezone.now()

    @property
    def is_resolved(self):
        return self.status == self.Status.RESOLVED

    @property
    def response_interval(self):
        """The answer-by timer as an interval, «from/by»; empty: it is off."""
        if self.response_timer_started_at is None or self.response_due_at is None or not self.is_open:
            return ""
        return f"{self.response_timer_started_at.isoformat()}/{self.response_due_at.isoformat()}"

    @property
    def live_channel(self):
        return f"conversation:{self.pk}"

    @property
    def restricted_subject(self):
        """Whoever hears this conversation only while it is theirs or nobody's."""
        return f"narrow:{self.pk}"

    @property
    def place(self):
        """Where it stands in the lists: what a screen needs to count and to file it."""
        assignee = str(self.assignee_id) if self.assignee_id else ""
        return {"status": self.status, "assignee": assignee}
