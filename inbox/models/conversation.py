from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from inbox.models.filter_keys import filter_keys
from inbox.models.handover import PendingHandover
from inbox.models.inbox import Inbox, InboxMember
from messagehub.lib.prepared_query import equals_any
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel
from teams.permissions import Permission


class ConversationQuerySet(models.QuerySet):
    def visible_to(self, membership, inboxes=None):
        """Return the conversations this member may see: the only access rule for them.

        inboxes: the ids of Inbox.objects.visible_to(), if the caller has loaded them.
        """
        if inboxes is None:
            is_in_inbox = Q(inbox__in=Inbox.objects.visible_to(membership))
        else:
            is_in_inbox = equals_any("inbox", inboxes)
        visible = self.filter(is_in_inbox, workspace=membership.workspace_id)
        if membership.can(Permission.SEE_ALL):
            return visible
        return visible.filter(Q(assignee=membership) | Q(assignee=None))

    def open(self):
        return self.filter(status=Conversation.Status.OPEN)

    def unresolved(self):
        """Return open and snoozed conversations; a contact has at most one in each inbox."""
        return self.exclude(status=Conversation.Status.RESOLVED)

    def snoozed(self):
        return self.filter(status=Conversation.Status.SNOOZED)

    def resolved(self):
        return self.filter(status=Conversation.Status.RESOLVED)

    def with_ineligible_assignee(self):
        """Return open conversations whose assignee was removed or lost the inbox or the role.

        Leaves out those that a pending handover is about to move.
        """
        agents = Membership.objects.active().with_permission(Permission.ANSWER)
        agents_of_all_inboxes = agents.with_permission(Permission.MANAGE_INBOXES).values("pk")
        memberships = InboxMember.objects.filter(
            inbox=OuterRef("inbox"), membership=OuterRef("assignee"), membership__in=agents
        )
        assigned = self.open().exclude(assignee=None).exclude(assignee__in=agents_of_all_inboxes)
        assigned = assigned.exclude(assignee__in=PendingHandover.objects.values("membership"))
        return assigned.filter(~Exists(memberships), workspace__deleted_at=None)

    def unassigned(self):
        return self.filter(assignee=None)

    def assigned_to(self, membership):
        return self.filter(assignee=membership)

    def waiting_for_agent(self):
        return self.open().unassigned().filter(workspace__deleted_at=None)

    def overdue(self):
        """Return assigned conversations whose response is overdue."""
        return self.filter(response_due_at__lte=timezone.now()).exclude(assignee=None)

    def latest_first(self):
        """Sort them as the lists do. Within a workspace no two have the same position."""
        return self.order_by("-last_activity_at", "-number")

    def unresolved_first(self):
        """Sort the conversations of a contact: an unresolved one, then the newest."""
        is_resolved = Case(When(status=Conversation.Status.RESOLVED, then=1), default=0)
        return self.order_by(is_resolved, "-number")

    def with_related(self):
        return self.select_related("contact", "inbox", "assignee__user", "workspace")


class Conversation(TenantModel):
    """An exchange with one contact in one inbox, numbered per workspace."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SNOOZED = "snoozed", _("Snoozed")
        RESOLVED = "resolved", _("Resolved")

    class Priority(models.IntegerChoices):
        NONE = 0, _("No priority")
        LOW = 1, _("Low")
        MEDIUM = 2, _("Medium")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="conversations",
        editable=False,
        db_index=False,  # the index of `conversation_of_workspace` starts with it
    )
    inbox = TenantForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="conversations",
        db_index=False,  # `conversation_list` starts with it
    )
    contact = TenantForeignKey(
        "inbox.Contact", on_delete=models.CASCADE, related_name="conversations"
    )
    number = models.PositiveIntegerField(editable=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    assignee = TenantForeignKey(
        Membership,
        null=True,
        on_delete=models.SET_NULL,
        related_name="conversations",
        db_index=False,  # `conversation_list_assigned` starts with it
    )
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NONE)
    team = TenantForeignKey(
        "teams.Team",
        null=True,
        on_delete=models.SET_NULL,
        related_name="conversations",
        db_index=False,  # `conversation_list_team` starts with it
    )
    # The ids of its labels, so that a row without any asks for none. Some may have been deleted.
    label_ids = ArrayField(models.UUIDField(), default=list, editable=False)
    # The agents who returned it to the queue since the contact last wrote, and when that last
    # happened.
    released_by = ArrayField(models.UUIDField(), default=list, editable=False)
    released_at = models.DateTimeField(null=True, editable=False)
    # Routing chose the assignee, not a person: only then may routing reassign it.
    is_routed = models.BooleanField(default=False, editable=False)
    # The agents who did not respond in time since the contact started waiting.
    timed_out_for = ArrayField(models.UUIDField(), default=list, editable=False)
    # The response timer: when it started and when it runs out. Both are empty while it is off.
    response_timer_started_at = models.DateTimeField(null=True, editable=False)
    response_due_at = models.DateTimeField(null=True, editable=False)
    snoozed_until = models.DateTimeField(null=True, editable=False)
    # How the contact rated the conversation, 1 to 5, since it was last resolved.
    rating = models.PositiveSmallIntegerField(null=True, editable=False)
    # The seq of the last entry the contact has seen.
    contact_read_seq = models.PositiveIntegerField(default=0, editable=False)
    last_seq = models.PositiveIntegerField(default=0, editable=False)
    # How many times entries were edited or deleted: the last `Message.revision`.
    last_revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # What the list shows: the last message, who wrote it, and when the contact started waiting.
    preview = models.CharField(max_length=130, default="", editable=False)
    preview_kind = models.CharField(max_length=10, default="", editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)
    page_url = models.CharField(max_length=500, blank=True, default="")
    # The rate limit counts entries in a window. The counters are on this row because it is locked
    # whenever a message is stored.
    rate_window_started_at = models.DateTimeField(null=True, editable=False)
    rate_window_seq = models.PositiveIntegerField(default=0, editable=False)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("conversation", "inbox", "contact", "assignee", "team"),
            models.UniqueConstraint(fields=["workspace", "id"], name="conversation_of_workspace"),
            models.UniqueConstraint(
                fields=["workspace", "number"], name="one_number_per_workspace"
            ),
            # A second one for the same contact would split their messages between two agents.
            models.UniqueConstraint(
                fields=["inbox", "contact"],
                condition=~Q(status="resolved"),
                name="one_unresolved_conversation_per_contact",
            ),
        ]
        # Every message changes `last_activity_at` and so writes to each index that holds the row.
        indexes = [
            # The lists of one inbox in their order: all, one agent's, and the unassigned.
            models.Index(
                fields=["inbox", "status", "-last_activity_at", "-number"],
                name="conversation_list",
            ),
            models.Index(
                fields=["assignee", "status", "inbox", "-last_activity_at", "-number"],
                condition=Q(assignee__isnull=False),
                name="conversation_list_assigned",
            ),
            # In the index above, PostgreSQL doesn't recognise the order of conversations without an
            # assignee, so they have their own. Routing also uses it to find the queue of an inbox.
            models.Index(
                fields=["inbox", "status", "-last_activity_at", "-number"],
                condition=Q(assignee=None),
                name="conversation_list_unassigned",
            ),
            models.Index(
                fields=["team", "status", "inbox", "-last_activity_at", "-number"],
                condition=Q(team__isnull=False),
                name="conversation_list_team",
            ),
            # All open ones, which are few: counted without reading the rows, and swept.
            models.Index(
                fields=["workspace", "inbox", "assignee", "waiting_since"],
                condition=Q(status="open"),
                name="conversation_open",
            ),
            # The history over all inboxes, for filters without an index of their own. A message in
            # an open conversation doesn't write to these four.
            models.Index(
                fields=["workspace", "-last_activity_at", "-number"],
                condition=Q(status="resolved"),
                name="conversation_resolved",
            ),
            models.Index(
                fields=["workspace", "priority", "-last_activity_at", "-number"],
                condition=Q(status="resolved", priority__gt=0),
                name="conversation_resolved_priority",
            ),
            GinIndex(
                filter_keys(),
                condition=Q(status="resolved"),
                fastupdate=False,
                name="conversation_keys",
            ),
            # The history of an inbox by number: the newest, or the oldest, first.
            models.Index(
                fields=["inbox", "number"],
                condition=Q(status="resolved"),
                name="conversation_resolved_number",
            ),
            models.Index(
                fields=["response_due_at"],
                condition=Q(response_due_at__isnull=False),
                name="conversation_response_due",
            ),
            models.Index(
                fields=["snoozed_until"],
                condition=Q(status="snoozed"),
                name="conversation_snoozed",
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
        if not self.is_open or self.assignee_id is None or self.response_due_at is None:
            return False
        return self.response_due_at <= timezone.now()

    @property
    def is_resolved(self):
        return self.status == self.Status.RESOLVED

    @property
    def response_interval(self):
        """Return the response timer as an ISO 8601 interval, or "" while it is off."""
        if (
            self.response_timer_started_at is None
            or self.response_due_at is None
            or not self.is_open
        ):
            return ""
        return f"{self.response_timer_started_at.isoformat()}/{self.response_due_at.isoformat()}"

    @cached_property
    def labels(self):
        """Return its labels by name. Lists and live updates set them without a query."""
        from inbox.models.label import Label  # which refers to conversations

        return list(Label.objects.filter(pk__in=self.label_ids)) if self.label_ids else []

    def stop_response_timer(self):
        self.response_timer_started_at = self.response_due_at = None

    @property
    def audience(self):
        """Return the members who may see it: visible_to(), asked from the other side."""
        members = self.inbox.possible_assignees
        if self.assignee_id is None:
            return members
        sees_all = Membership.objects.with_permission(Permission.SEE_ALL).values("pk")
        return members.filter(Q(pk__in=sees_all) | Q(pk=self.assignee_id))

    @property
    def live_channel(self):
        return f"conversation:{self.pk}"

    @property
    def contact_channel(self):
        """Return the channel of the contact's browsers, which show only this conversation.

        Publish only what visible_to_contact() allows.
        """
        return f"contact:{self.pk}"

    @property
    def restricted_subject(self):
        """Return the subject of streams that may follow it only while it's theirs or unassigned."""
        return f"restricted:{self.pk}"

    @property
    def list_key(self):
        """Return what decides in which lists and counts a page shows the conversation."""
        assignee = str(self.assignee_id) if self.assignee_id else ""
        return {"status": self.status, "assignee": assignee}

    @property
    def filter_values(self):
        """Return what else the lists are filtered by."""
        return {
            "priority": int(self.priority),
            "team": str(self.team_id or ""),
            "labels": [str(pk) for pk in self.label_ids],
        }
