from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.models import Inbox
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.same_workspace import TenantForeignKey, TenantOneToOneField, same_workspace_constraints
from teams.models import Membership, Team
from teams.models.workspace import TenantModel

MINUTES = [MinValueValidator(1), MaxValueValidator(24 * 60)]


class RoutingManager(models.Manager):
    def of(self, inbox):
        """How it gives out its conversations; made with the defaults when it is asked first."""
        return ROUTING.first(inbox=inbox.pk) or self.make(inbox)

    def lock(self, inbox):
        """The same row, locked until commit. Order of locks: conversation, this, membership."""
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
    """How an inbox gives out its conversations; also the row that is locked to do so.

    `turn` counts the chats given out. Minutes: none means that the rule is off.
    """

    class Leads(models.TextChoices):
        TURN = "turn", _("Give it to the next in turn, online or not, and email that person")
        QUEUE = "queue", _("Leave it in the queue and email everybody above once")

    inbox = TenantOneToOneField(Inbox, on_delete=models.CASCADE, related_name="routing")
    turn = models.PositiveBigIntegerField(default=0, editable=False)
    fewest_open_first = models.BooleanField(default=False)
    to_owner = models.BooleanField(default=False)
    # An owner who does not answer for so long: the pool is asked.
    owner_minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=MINUTES)
    leads = models.CharField(max_length=10, choices=Leads, default=Leads.ASSIGN)
    # Whoever was given it and does not answer for so long: it goes to the next.
    answer_minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=MINUTES)
    # Reopened by the contact: back to whoever had it, there or not.
    keep_reopened = models.BooleanField(default=False)
    # A contact who has gone gets the reply by email when it was unread for so long.
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
        """Teams, and users who were not removed."""
        return self.filter(Q(membership=None) | Q(membership__removed_at=None))

    def active(self):
        """Teams, and users who are let in: as Membership.objects.active() within a workspace."""
        is_let_in = Q(membership__suspended_at=None, membership__user__is_active=True)
        return self.current().filter(Q(membership=None) | is_let_in)


class Target(TenantModel):
    """A user or a team whose members get an inbox's chats in turn. None at all: all its people."""

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


class Turn(TenantModel):
    """When somebody was last given a chat of an inbox, as a count: clocks cannot disagree."""

    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="turns")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="turns")
    turn = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            *same_workspace_constraints("turn", "inbox", "membership"),
            models.UniqueConstraint(fields=["inbox", "membership"], name="one_turn_in_an_inbox"),
        ]
