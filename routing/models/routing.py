from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models import Inbox
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.same_workspace import (
    TenantForeignKey,
    TenantOneToOneField,
    same_workspace_constraints,
)
from teams.models import Membership, Team
from teams.models.workspace import TenantModel

MINUTES = [MinValueValidator(1), MaxValueValidator(24 * 60)]


class RoutingManager(models.Manager):
    def of(self, inbox):
        """Return the settings of an inbox; made with the defaults when first needed."""
        return ROUTING.first(inbox=inbox.pk) or self.make(inbox)

    def lock(self, inbox):
        """Return the same row, locked until commit.

        Order of locks: conversation, this row, membership.
        """
        routing = LOCKED.first(inbox=inbox.pk)
        if routing is None:
            self.make(inbox)
            routing = LOCKED.first(inbox=inbox.pk)
        routing.inbox = inbox
        return routing

    def make(self, inbox):
        row = self.model(workspace_id=inbox.workspace_id, inbox=inbox)
        self.bulk_create([row], ignore_conflicts=True)
        return self.get(inbox=inbox)


class Routing(TenantModel):
    """How an inbox assigns its conversations; also the row that is locked to do so.

    assignment_count: of the rotation. Minutes: None turns the timer off.
    """

    class Leads(models.TextChoices):
        ASSIGN = (
            "assign",
            _("Assign it to the next agent in rotation, online or not, and email them"),
        )
        QUEUE = "queue", _("Leave it in the queue and email everyone above once")

    inbox = TenantOneToOneField(Inbox, on_delete=models.CASCADE, related_name="routing")
    assignment_count = models.PositiveBigIntegerField(default=0, editable=False)
    fewest_open_first = models.BooleanField(default=False)
    to_owner = models.BooleanField(default=False)
    # After so long without an answer from the owner, someone else gets the conversation.
    owner_minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=MINUTES)
    leads = models.CharField(max_length=10, choices=Leads, default=Leads.ASSIGN)
    # After so long without an answer from any other assignee, the next one gets it.
    answer_minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=MINUTES)
    # Reopened conversations go back to their last assignee, also if they are offline.
    keep_reopened = models.BooleanField(default=False)
    # A contact who has left gets a reply by email after it was unread for so long.
    reply_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, default=5, validators=MINUTES
    )

    objects = RoutingManager()

    class Meta:
        constraints = same_workspace_constraints("routing", "inbox")


ROUTING = PreparedQuery(lambda inbox: Routing.objects.filter(inbox=inbox), inbox=UUID)
LOCKED = PreparedQuery(
    lambda inbox: Routing.objects.select_for_update(no_key=True).filter(inbox=inbox), inbox=UUID
)


class TargetQuerySet(models.QuerySet):
    def current(self):
        """Filter to teams, and users who were not removed."""
        return self.filter(Q(membership=None) | Q(membership__removed_at=None))

    def active(self):
        """Filter to teams and active users, as Membership.objects.active() in a workspace."""
        is_active = Q(membership__suspended_at=None, membership__user__is_active=True)
        return self.current().filter(Q(membership=None) | is_active)


class Target(TenantModel):
    """A user or team in the rotation of an inbox. Without any, all its agents are."""

    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="targets")
    membership = TenantForeignKey(
        Membership, null=True, on_delete=models.CASCADE, related_name="targets"
    )
    team = TenantForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="targets")

    objects = TargetQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("target", "inbox", "membership", "team"),
            models.UniqueConstraint(fields=["inbox", "membership"], name="one_target_a_member"),
            models.UniqueConstraint(fields=["inbox", "team"], name="one_target_a_team"),
            models.CheckConstraint(
                condition=Q(membership__isnull=True) ^ Q(team__isnull=True),
                name="target_is_member_or_team",
            ),
        ]


class RotationEntry(TenantModel):
    """When a member was last assigned a conversation in an inbox's rotation.

    As a count (Routing.assignment_count) and not as a time, so that clocks can't disagree.
    """

    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="rotation_entries")
    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="rotation_entries"
    )
    last_assigned_at = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            *same_workspace_constraints("rotationentry", "inbox", "membership"),
            models.UniqueConstraint(
                fields=["inbox", "membership"], name="one_rotation_entry_in_an_inbox"
            ),
        ]
