from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.conversation import Conversation
from inbox.models.message import Message
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.stored_files import preview_key
from teams.models import Membership
from teams.models.workspace import TenantModel


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Return the files of conversations this member may see, and their own pending ones."""
        conversations = Conversation.objects.visible_to(membership)
        own = Q(conversation=None, member=membership)
        return self.filter(
            Q(conversation__in=conversations) | own, workspace=membership.workspace_id
        )

    def visible_to_contact(self, conversations):
        """Return the files of the messages in these conversations that their contact may see."""
        messages = Message.objects.visible_to_contact().filter(
            conversation=OuterRef("conversation"), seq=OuterRef("seq")
        )
        return self.filter(Exists(messages), conversation__in=conversations)

    def pending(self):
        return self.filter(conversation=None)


class Attachment(TenantModel):
    """A file of a message. It is pending until the message is sent, and only its sender's.

    Its message is the entry `seq` of the conversation, which describes it in `details["files"]`,
    so that showing a timeline needs no query for files.
    """

    class Kind(models.TextChoices):
        IMAGE = "image", _("Image")  # redrawn by us, so a page may show it
        FILE = "file", _("File")  # stored as it is, and only ever downloaded

    conversation = TenantForeignKey(
        Conversation,
        null=True,
        on_delete=models.CASCADE,
        related_name="attachments",
        db_index=False,  # `attachment_of_message` starts with it
    )
    seq = models.PositiveIntegerField(null=True, editable=False)
    # Who uploaded it: a member, or the visitor whose token has this hash.
    member = TenantForeignKey(
        Membership,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,  # see `attachment_by_member`
    )
    token_hash = models.CharField(max_length=64, blank=True, default="")
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    content_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    # Random: where the storage keeps it. However the row is deleted, a trigger notes the key as a
    # DiscardedFile.
    storage_key = models.CharField(max_length=100, unique=True, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("attachment", "conversation", "member"),
            models.CheckConstraint(
                condition=Q(conversation=None, seq=None)
                | Q(conversation__isnull=False, seq__isnull=False),
                name="attachment_is_pending_or_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["conversation", "seq"],
                condition=Q(conversation__isnull=False),
                name="attachment_of_message",
            ),
            models.Index(
                fields=["member"], condition=Q(member__isnull=False), name="attachment_by_member"
            ),
            models.Index(
                fields=["token_hash"],
                condition=Q(conversation=None, member=None),
                name="attachment_pending_by_visitor",
            ),
            models.Index(fields=["id"], condition=Q(conversation=None), name="attachment_pending"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_pending(self):
        return self.conversation_id is None

    @property
    def is_image(self):
        return self.kind == self.Kind.IMAGE

    @property
    def preview_key(self):
        return preview_key(self.storage_key)

    @property
    def description(self):
        """Return what a message says about it."""
        size = {"width": self.width, "height": self.height} if self.is_image else {}
        return {"id": str(self.pk), "name": self.name, "size": self.size, "kind": self.kind} | size


class DiscardedFile(models.Model):
    """A file that no row names any more. A sweep deletes it from the storage."""

    storage_key = models.CharField(primary_key=True, max_length=100)
