from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel

UNDOABLE = timedelta(minutes=10)


class HandoverQuerySet(models.QuerySet):
    def done_by(self, membership):
        """What this person handed over: of their own, or what somebody else had."""
        return self.filter(Q(by=membership) | Q(by=None, membership=membership))

    def recent(self, membership):
        """What this person handed over within the last minutes, the latest first."""
        since = timezone.now() - UNDOABLE
        return self.done_by(membership).filter(created_at__gt=since).order_by("-created_at")


class Handover(TenantModel):
    """What became of the open conversations of who went away; can be undone for a while."""

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="hand_overs")
    # Who did it for them, and alone can undo it; nobody: they themselves.
    by = TenantForeignKey(Membership, null=True, on_delete=models.CASCADE, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("handover", "membership", "by"),
            models.UniqueConstraint(fields=["workspace", "id"], name="handover_of_workspace"),
        ]
        indexes = [models.Index(fields=["membership", "-created_at"], name="hand_overs_of_member")]

    @property
    def is_for_other_member(self):
        return self.by_id is not None

    @property
    def undoable_until(self):
        return self.created_at + UNDOABLE

    @property
    def can_be_undone(self):
        return self.undone_at is None and timezone.now() < self.undoable_until


class HandoverItem(TenantModel):
    """One conversation of a hand-over, how it stood right afterwards, and what undoing did."""

    class Action(models.TextChoices):
        QUEUE = "queue", _("Back to the queue")
        PERSON = "person", _("To somebody else")
        SNOOZE = "snooze", _("Snoozed until I'm back")

    class UndoResult(models.TextChoices):
        RETURNED = "returned", _("It is yours again")
        MINE = "mine", _("It was yours already")
        RESOLVED = "resolved", _("It is resolved by now")
        TOUCHED = "touched", _("Somebody else has gone on with it")
        NO_ACCESS = "no_access", _("You no longer answer its inbox")

    handover = TenantForeignKey(Handover, on_delete=models.CASCADE, related_name="conversations")
    conversation = TenantForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    # The entry that the hand-over wrote: later ones say that somebody has done more since.
    seq = models.PositiveIntegerField()
    # Routing had found them for it: undone, it may go on to the next again.
    was_routed = models.BooleanField(default=False)
    # What undoing came to for this one; empty: it was not undone.
    undone = models.CharField(max_length=10, choices=Undone, blank=True, default="")

    class Meta:
        constraints = [
            *same_workspace_constraints("handedover", "handover", "conversation"),
            models.UniqueConstraint(
                fields=["handover", "conversation"], name="once_in_a_hand_over"
            ),
        ]
