from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from inbox.models import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Return a member's notifications of the conversations that they may see now."""
        conversations = Conversation.objects.visible_to(membership)
        return self.filter(membership=membership, conversation__in=conversations)

    def unread(self):
        return self.filter(read_at=None)

    def latest_first(self):
        return self.order_by("-happened_at", "-pk")


class Notification(TenantModel):
    """Something in a conversation that concerns a member. seq: the last entry it is about.

    If it happens again before it is read, its count is raised instead of adding a second one.
    Entries are reported more than once, and not always in their order; those in `recent_seqs` are
    counted.
    """

    MAX_RECENT_SEQS = 100  # entries that are older than all of so many are counted, too

    class Kind(models.TextChoices):
        MENTIONED = "mentioned"
        ASSIGNED = "assigned"
        BULK_ASSIGNED = "bulk"  # several at once; the conversation is the last of them
        ANSWERED = "answered"  # by the contact, to the assignee and the followers
        DUE = "due"  # the response timer is nearly over
        REASSIGNED = "reassigned"  # it was over

    membership = TenantForeignKey(
        Membership,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,  # `notifications_of_member` starts with it
    )
    conversation = TenantForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=10, choices=Kind)
    seq = models.PositiveIntegerField()
    count = models.PositiveIntegerField(default=1)
    recent_seqs = ArrayField(models.IntegerField(), default=list)
    happened_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("notification", "membership", "conversation"),
            models.UniqueConstraint(
                fields=["membership", "conversation", "kind"],
                condition=Q(read_at=None),
                name="one_unread_notification",
            ),
        ]
        indexes = [
            models.Index(
                fields=["membership", "-happened_at", "-id"], name="notifications_of_member"
            ),
        ]


class Sweep(models.Model):
    """One row for the installation: timelines were searched for events up to `finished_at`."""

    finished_at = models.DateTimeField(default=timezone.now)
