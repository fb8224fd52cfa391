from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from inbox.activities import describe_activity
from inbox.file_names import name_files
from inbox.models.contact import Contact
from inbox.models.conversation import Conversation
from inbox.nicknames import nickname_hue
from inbox.reply_variables import show_literals
from messagehub.lib.links import link_text
from messagehub.lib.markdown import markdown_html, markdown_preview, markdown_text
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.text import initials
from teams.models import Membership
from teams.models.workspace import TenantModel

# How long authors may edit or delete what they wrote.
REVISABLE_FOR = timedelta(minutes=15)


class MessageQuerySet(models.QuerySet):
    def visible_to_contact(self):
        """Return what the contact may see: an allow-list without notes and activities."""
        return self.filter(kind__in=Message.VISIBLE_TO_CONTACT)

    def after(self, seq):
        return self.filter(seq__gt=seq).order_by("seq")

    def not_deleted(self):
        return self.filter(deleted_at=None)

    def revised_after(self, revision):
        return self.filter(revision__gt=revision).order_by("seq")

    def with_related(self):
        return self.select_related("author__user", "contact", "conversation__workspace")


class Message(TenantModel):
    """An entry of a conversation's timeline.

    `seq` is its position, assigned while the conversation's row is locked.
    """

    class Kind(models.TextChoices):
        CONTACT = "contact", _("Contact")
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Private note")
        ACTIVITY = "activity", _("Activity")

    class Activity(models.TextChoices):
        ASSIGNED = "assigned"
        KEPT = "kept"
        UNASSIGNED = "unassigned"
        RETURNED = "returned"
        WAITING = "waiting"
        RESOLVED = "resolved"
        REOPENED = "reopened"
        SNOOZED = "snoozed"
        WOKEN = "woken"
        OWNER_SET = "owner_set"
        CONTACT_NAME = "contact_name"
        CONTACT_EMAIL = "contact_email"
        CONTACT_BLOCKED = "contact_blocked"
        CONTACT_UNBLOCKED = "contact_unblocked"
        CONTACT_MERGED = "contact_merged"
        EMAIL_LEFT = "email_left"
        GREETED = "greeted"
        CONSENT_GIVEN = "consent_given"
        UNDELIVERED = "undelivered"
        LABELS_ADDED = "labels_added"
        LABELS_REMOVED = "labels_removed"
        PRIORITY_SET = "priority_set"
        TEAM_SET = "team_set"
        RATED = "rated"
        TRANSCRIPT_REQUESTED = "transcript_requested"

    VISIBLE_TO_CONTACT = (Kind.CONTACT, Kind.REPLY)

    # Always the conversation's workspace, which its foreign key proves: checking this one as well
    # would lock the workspace's row with every message, and deleting goes through conversations.
    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.DO_NOTHING,
        related_name="messages",
        editable=False,
        db_constraint=False,
        db_index=False,
    )
    conversation = TenantForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="messages",
        db_index=False,  # `one_seq_per_conversation` starts with it
    )
    seq = models.PositiveIntegerField(editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    body = models.TextField(blank=True, default="")
    author = TenantForeignKey(
        Membership,
        null=True,
        on_delete=models.SET_NULL,
        related_name="messages",
        db_index=False,  # see `message_by_author`
    )
    contact = TenantForeignKey(
        Contact,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # see `message_by_contact`
    )
    client_id = models.UUIDField(null=True, editable=False)
    # For entries of the kind ACTIVITY: what happened, and the parameters of its sentence. Others
    # have their "files" in `details` (Attachment.description), and notes their mentions.
    activity = models.CharField(max_length=20, blank=True, default="", choices=Activity)
    details = models.JSONField(default=dict, editable=False)
    edited_at = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    # The number of its last change among all changes of the conversation's entries. A page that
    # missed some asks for those after the last one it knows.
    revision = models.PositiveIntegerField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("message", "conversation", "author", "contact"),
            models.UniqueConstraint(
                fields=["conversation", "seq"], name="one_seq_per_conversation"
            ),
            models.UniqueConstraint(
                fields=["conversation", "client_id"], name="one_message_per_client_id"
            ),
            models.CheckConstraint(
                condition=~Q(kind="contact") | Q(client_id__isnull=False),
                name="contact_message_has_client_id",
            ),
        ]
        # For deleting a member or a contact. An entry has one of them, and is only in that index.
        indexes = [
            models.Index(
                fields=["author"], condition=Q(author__isnull=False), name="message_by_author"
            ),
            models.Index(
                fields=["contact"], condition=Q(contact__isnull=False), name="message_by_contact"
            ),
            models.Index(
                fields=["conversation", "revision"],
                condition=Q(revision__isnull=False),
                name="message_revised",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.seq}"

    @property
    def is_formatted(self):
        """Return whether the body is Markdown. What a contact types is always plain text."""
        return self.kind in (self.Kind.REPLY, self.Kind.NOTE)

    @property
    def markdown(self):
        return show_literals(self.body)

    @property
    def body_html(self):
        """Return the body as safe HTML, the same for pages, live updates, visitors and emails."""
        return markdown_html(self.markdown) if self.is_formatted else link_text(self.body)

    @property
    def body_text(self):
        """Return the body as the plain-text part of emails shows it."""
        return markdown_text(self.markdown) if self.is_formatted else self.body

    @property
    def body_preview(self):
        """Return the body's words, or which files there are, for lists and notifications."""
        body = markdown_preview(self.markdown) if self.is_formatted else self.body
        return body or name_files(self.files)

    @property
    def is_visible_to_contact(self):
        return self.kind in self.VISIBLE_TO_CONTACT

    @property
    def is_deleted(self):
        return self.deleted_at is not None

    @property
    def is_edited(self):
        return self.edited_at is not None

    def can_be_revised_by(self, membership):
        """Return whether this member may edit or delete it: only their own, for a while."""
        return (
            self.kind in (self.Kind.REPLY, self.Kind.NOTE)
            and self.author_id == membership.pk
            and not self.is_deleted
            and timezone.now() - self.created_at < REVISABLE_FOR
        )

    @cached_property
    def author_name(self):
        if self.author:
            return self.author.name
        if self.contact:
            return self.contact.display_name
        return str(_("Former member")) if self.is_formatted else ""

    @property
    def name_for_contact(self):
        """Return who replied, as the contact reads it: the workspace instead of a former member."""
        return self.author.name if self.author else self.conversation.workspace.name

    @property
    def author_initials(self):
        return initials(self.author_name)

    @property
    def author_hue(self):
        if self.author:
            return self.author.hue
        return nickname_hue(self.contact_id or self.conversation_id)

    @property
    def files(self):
        """Return what the message says about its files (Attachment.description)."""
        return self.details.get("files", [])

    @property
    def text(self):
        """Return the sentence that describes an activity."""
        return describe_activity(self)

    @property
    def mentions(self):
        """Return a note's mentions: [{"name", "members": [ids]}]."""
        return self.details.get("mentions", ())

    @property
    def until(self):
        """Return when a snooze ends; pages show it in the viewer's time zone."""
        until = self.details.get("until")
        return until and datetime.fromisoformat(until)

    @property
    def why_url(self):
        """Return the page that explains the routing decision, or "" if a member decided."""
        decision = self.details.get("decision")
        if not decision:
            return ""
        conversation = self.conversation
        slug = conversation.workspace.slug
        return reverse("decision", args=[slug, conversation.number, decision])
