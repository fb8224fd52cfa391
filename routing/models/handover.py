from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel

UNDO_PERIOD = timedelta(minutes=10)


class HandoverQuerySet(models.QuerySet):
    def done_by(self, membership):
        """Return the handovers this member made, of their own conversations or a colleague's."""
        return self.filter(Q(by=membership) | Q(by=None, membership=membership))

    def recent(self, membership, since=None):
        """Return the handovers this member made within the undo period, latest first.

        since: the start of that period.
        """
        since = since or timezone.now() - UNDO_PERIOD
        return self.done_by(membership).filter(created_at__gt=since).order_by("-created_at")


class Handover(TenantModel):
    """What happened to a member's open conversations when they left; can be undone for a while."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="handovers")
    # The colleague who made the handover for the member, and who alone can undo it. It is empty
    # when members hand over their own conversations.
    by = TenantForeignKey(Membership, null=True, on_delete=models.CASCADE, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("handover", "membership", "by"),
            models.UniqueConstraint(fields=["workspace", "id"], name="handover_of_workspace"),
        ]
        indexes = [models.Index(fields=["membership", "-created_at"], name="handovers_of_member")]

    @property
    def is_for_other_member(self):
        return self.by_id is not None

    @property
    def undoable_until(self):
        return self.created_at + UNDO_PERIOD

    @property
    def can_be_undone(self):
        return self.undone_at is None and timezone.now() < self.undoable_until


class HandoverItem(TenantModel):
    """One conversation of a handover, its state right afterwards, and the result of an undo."""

    class Action(models.TextChoices):
        QUEUE = "queue", _("Return to the queue")
        ASSIGN = "assign", _("Assign to a colleague")
        SNOOZE = "snooze", _("Snooze until I'm back")

    class UndoResult(models.TextChoices):
        RETURNED = "returned", _("It's yours again")
        ALREADY_YOURS = "already_yours", _("It was already yours")
        RESOLVED = "resolved", _("It has been resolved")
        CHANGED = "changed", _("Someone else has worked on it since")
        NO_ACCESS = "no_access", _("You no longer have access to its inbox")

    handover = TenantForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    conversation = TenantForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    action = models.CharField(max_length=10, choices=Action)
    # The timeline entry that the handover wrote. Later entries show that someone has worked on
    # the conversation since.
    seq = models.PositiveIntegerField()
    # Routing had chosen the member, so after an undo their response timer runs again.
    was_routed = models.BooleanField(default=False)
    undo_result = models.CharField(max_length=20, choices=UndoResult, blank=True, default="")

    class Meta:
        constraints = [
            *same_workspace_constraints("handoveritem", "handover", "conversation"),
            models.UniqueConstraint(fields=["handover", "conversation"], name="once_in_a_handover"),
        ]
