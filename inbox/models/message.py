from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from inbox.models.contact import Contact
from inbox.models.conversation import Conversation
from inbox.nicknames import nickname_hue
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.text import initials
from teams.models import Membership
from teams.models.workspace import TenantModel


class MessageQuerySet(models.QuerySet):
    def visible_to_contact(self):
        """The allow-list of what the other side may see. Notes and who-did-what are not on it."""
        return self.filter(kind__in=Message.VISIBLE_TO_CONTACT)

    def after(self, seq):
        return self.filter(seq__gt=seq).order_by("seq")

    def with_related(self):
        return self.select_related("author__user", "contact", "conversation__workspace")


class Message(TenantModel):
    """An entry of a conversation's timeline; `seq` is its order, made under the row lock."""

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Contact")
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Private note")
        ACTIVITY = "activity", _("Activity")

    VISIBLE_TO_CONTACT = (Kind.CONTACT, Kind.REPLY)

    conversation = TenantForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField(editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    body = models.TextField(blank=True, default="")
    author = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="messages"
    )
    contact = TenantForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="+")
    client_id = models.UUIDField(null=True, editable=False)
    # Activity: what happened ("assigned", "resolved" ...) and the names in its sentence.
    activity = models.CharField(max_length=20, blank=True, default="")
    details = models.JSONField(default=dict, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("message", "conversation", "author", "contact"),
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_seq_a_conversation"),
            models.UniqueConstraint(
                fields=["conversation", "client_id"], name="a_retry_is_the_same_message"
            ),
            models.CheckConstraint(
                condition=~Q(kind="contact") | Q(client_id__isnull=False),
                name="contact_messages_can_be_retried",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.seq}"

    @property
    def is_visible_to_contact(self):
        return self.kind in self.VISIBLE_TO_CONTACT

    @cached_property
    def author_name(self):
        if self.author:
            return self.author.name
        return self.contact.display_name if self.contact else ""

    @property
    def author_initials(self):
        return initials(self.author_name)

    @property
    def author_hue(self):
        if self.author:
            return self.author.hue
        return nickname_hue(self.contact_id or self.conversation_id)

    @property
    def text(self):
        """An activity's sentence."""
        from inbox.activities import sentence

        return sentence(self)

    @property
    def until(self):
        """How long a snooze lasts; screens show the moment by the clock of whoever looks."""
        until = self.details.get("until")
        return until and datetime.fromisoformat(until)

    @property
    def why_url(self):
        """Where the decision behind an assignment is explained; empty when a person made it."""
        decision = self.details.get("decision")
        if not decision:
            return ""
        conversation = self.conversation
        slug = conversation.workspace.slug
        return reverse("decision", args=[slug, conversation.number, decision])
