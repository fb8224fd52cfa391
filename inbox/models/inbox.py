from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from inbox.models.appearance import Appearance
from inbox.models.prechat import PreChat
from inbox.models.visibility import Visibility
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.text import hue
from messagehub.lib.tokens import new_public_key
from teams.hours import Hours
from teams.models import Membership
from teams.models.workspace import TenantModel
from teams.permissions import Permission


class InboxQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Return the inboxes this member may see: the rule for lists, streams and files alike."""
        inboxes = self.filter(workspace=membership.workspace_id)
        if membership.sees_all_inboxes:
            return inboxes
        return inboxes.filter(members__membership=membership)

    def with_agents(self):
        """Prefetch `agent_memberships`: the InboxMember rows of the inbox's agents, by name."""
        agents = Membership.objects.active().with_permission(Permission.ANSWER)
        rows = InboxMember.objects.filter(membership__in=agents)
        rows = rows.select_related("membership__user", "membership__workspace")
        rows = rows.order_by("membership__user__name")
        return self.prefetch_related(Prefetch("members", rows, to_attr="agent_memberships"))


class Inbox(Appearance, PreChat, Visibility, TenantModel):
    """A channel of a workspace: the chat of its websites, with its own agents and routing."""

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="inboxes",
        editable=False,
        db_index=False,  # `inbox_of_workspace` starts with it
    )
    name = models.CharField(_("name"), max_length=60)
    key = models.CharField(max_length=16, unique=True, default=new_public_key, editable=False)
    # Whether visitors may send files. Agents always may.
    accepts_files = models.BooleanField(_("visitors may send files"), default=True)
    # Whether visitors are asked for a rating when their conversation is resolved.
    asks_rating = models.BooleanField(_("ask for a rating"), default=False)
    # Whether only visitors whom a signed token has verified may use the chat.
    requires_identity = models.BooleanField(_("require a verified identity"), default=False)
    # Whether conversations keep the page on which the visitor wrote.
    records_pages = models.BooleanField(_("record the visitor's page"), default=True)
    # The domain whose subdomains share one chat, or "": then each host has its own.
    cookie_domain = models.CharField(max_length=253, blank=True, default="")
    # Origins that may embed the widget. Empty allows every site.
    allowed_sites = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    # Opening hours (teams.hours) in the workspace's time zone. Empty means always open.
    hours = models.JSONField(default=dict, blank=True)
    # How long visitors usually wait for a first reply, of the opening hours alone. Reports measure
    # it; None if there are too few replies to say.
    usual_reply_seconds = models.PositiveIntegerField(null=True, editable=False)
    # When the chat was first opened, and the site's origin if the browser sent it. Only the
    # workspace knows the key before it is on their site, so this shows that the widget works.
    first_embedded_at = models.DateTimeField(null=True)
    first_site = models.CharField(max_length=255, blank=True, default="", editable=False)

    objects = InboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="inbox_of_workspace")
        ]

    def __str__(self):
        return self.name

    @property
    def hue(self):
        return hue(self.pk)

    @property
    def opening_hours(self) -> Hours:
        workspace = self.workspace
        return Hours.read(self.hours, zone=workspace.zone, holidays=workspace.holidays)

    @property
    def live_channel(self):
        """Return the channel of members who may see all of its conversations."""
        return f"inbox:{self.pk}"

    @property
    def queue_channel(self):
        """Return the channel of members who see only their own and unassigned conversations."""
        return f"queue:{self.pk}"

    @property
    def unverified_subject(self):
        """Return the subject of the streams of all visitors who aren't verified."""
        return f"unverified:{self.pk}"

    @property
    def possible_assignees(self):
        """Return who can be assigned its conversations: its agents and agents of all inboxes."""
        members = InboxMember.objects.filter(inbox=self).values("membership")
        managers = Membership.objects.with_permission(Permission.MANAGE_INBOXES).values("pk")
        agents = Membership.objects.active().with_permission(Permission.ANSWER).with_related()
        return agents.filter(Q(pk__in=members) | Q(pk__in=managers), workspace=self.workspace_id)

    @property
    def agents(self):
        """Return the agents chosen for this inbox, who receive its conversations and emails."""
        agents = Membership.objects.active().with_permission(Permission.ANSWER)
        return agents.filter(inbox_memberships__inbox=self).with_related()


class InboxMember(TenantModel):
    """A member chosen to answer an inbox."""

    inbox = TenantForeignKey(
        Inbox,
        on_delete=models.CASCADE,
        related_name="members",
        db_index=False,  # `one_inbox_member_per_membership` starts with it
    )
    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="inbox_memberships"
    )

    class Meta:
        constraints = [
            *same_workspace_constraints("inboxmember", "inbox", "membership"),
            models.UniqueConstraint(
                fields=["inbox", "membership"], name="one_inbox_member_per_membership"
            ),
        ]
