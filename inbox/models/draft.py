from datetime import timedelta

from django.db import models
from django.utils import timezone

from inbox.models.conversation import Conversation
from inbox.models.message import Message
from messagehub.lib.ids import new_id
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel

SHOWN_FOR = timedelta(days=1)  # how long colleagues see that someone has started a reply


class DraftQuerySet(models.QuerySet):
    def started_replies(self, conversation):
        """Return the replies that members have started recently, with their authors."""
        started = self.filter(
            conversation=conversation,
            kind=Message.Kind.REPLY,
            saved_at__gt=timezone.now() - SHOWN_FOR,
            membership__removed_at=None,
            membership__suspended_at=None,
        )
        return started.select_related("membership__user").order_by("created_at")


class Draft(TenantModel):
    """A reply or a note that a member hasn't sent yet. No one else sees its text."""

    KINDS = [(kind.value, kind.label) for kind in (Message.Kind.REPLY, Message.Kind.NOTE)]

    conversation = TenantForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="drafts",
        db_index=False,  # `one_draft_of_a_kind` starts with it
    )
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=10, choices=KINDS)
    body = models.TextField()
    # What the member wrote at the same time on another device, until they choose between the two.
    other_body = models.TextField(default="")
    # The id with which it will be sent, so that two devices can't send it twice.
    client_id = models.UUIDField()
    # Each save gets a new version. Text from another tab that is based on an older version doesn't
    # replace this one.
    version = models.UUIDField(default=new_id)
    tab = models.UUIDField()
    saved_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("draft", "conversation", "membership"),
            models.UniqueConstraint(
                fields=["conversation", "membership", "kind"], name="one_draft_of_a_kind"
            ),
        ]

    def __str__(self):
        return f"{self.kind} by {self.membership_id}"
