from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from inbox.models.inbox import Inbox
from messagehub.lib.name_comparison import folded_name, search_key
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models.workspace import TenantModel


class CannedReplyQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Return those for all inboxes and for inboxes that this member may see."""
        return self.filter(workspace=membership.workspace_id).in_inboxes(
            Inbox.objects.visible_to(membership)
        )

    def offered_in(self, inbox):
        return self.filter(workspace=inbox.workspace_id).in_inboxes([inbox.pk])

    def in_inboxes(self, inboxes):
        rows = CannedReplyInbox.objects.filter(canned_reply=OuterRef("pk"), inbox__in=inboxes)
        return self.filter(Q(is_for_all_inboxes=True) | Exists(rows))

    def search(self, query):
        """Return the matching replies, best first: by shortcut, by name, then by text."""
        pattern = search_key(Value(query))
        keys = {name: search_key(name) for name in ("shortcut", "name", "body")}
        rows = self.alias(**{f"{name}_key": key for name, key in keys.items()})
        ranks = [
            When(shortcut_key__startswith=pattern, then=0),
            When(name_key__startswith=pattern, then=1),
            When(shortcut_key__contains=pattern, then=2),
            When(name_key__contains=pattern, then=3),
            When(body_key__contains=pattern, then=4),
        ]
        # Nearly every text has one or two given letters.
        rank = Case(*(ranks if len(query) > 2 else ranks[:4]))
        return rows.alias(rank=rank).exclude(rank=None).order_by("rank", "shortcut", "pk")


class CannedReply(TenantModel):
    """A text that agents insert into a reply, with variables (inbox.reply_variables)."""

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="canned_replies",
        editable=False,
        db_index=False,  # `canned_reply_of_workspace` starts with it
    )
    shortcut = models.CharField(_("shortcut"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    body = models.TextField(_("text"))
    is_for_all_inboxes = models.BooleanField(default=True)
    inboxes = models.ManyToManyField(
        Inbox, through="CannedReplyInbox", related_name="canned_replies"
    )

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="canned_reply_of_workspace"),
            models.UniqueConstraint(
                "workspace", folded_name("shortcut"), name="one_canned_reply_per_shortcut"
            ),
        ]

    def __str__(self):
        return f"/{self.shortcut}"


class CannedReplyInbox(TenantModel):
    """An inbox that a canned reply is for."""

    canned_reply = TenantForeignKey(
        CannedReply,
        on_delete=models.CASCADE,
        related_name="inbox_rows",
        db_index=False,  # `once_in_an_inbox` starts with it
    )
    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            *same_workspace_constraints("cannedreplyinbox", "canned_reply", "inbox"),
            models.UniqueConstraint(fields=["canned_reply", "inbox"], name="once_in_an_inbox"),
        ]
