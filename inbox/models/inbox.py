from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _

from messagehub.lib.colour import text_colour_on
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.text import hue
from messagehub.lib.tokens import new_public_key
from teams.hours import Hours
from teams.models import Membership
from teams.models.workspace import TenantModel
from teams.permissions import Permission


class InboxQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """The one question about access to inboxes; lists, streams and files all ask it."""
        inboxes = self.filter(workspace=membership.workspace_id)
        if membership.can(Permission.MANAGE_INBOXES):
            return inboxes
        return inboxes.filter(members__membership=membership)

    def with_agents(self):
        """Each with .places: who answers it, by name."""
        people = Membership.objects.active().allowing(Permission.ANSWER)
        places = InboxMember.objects.filter(membership__in=people)
        places = places.select_related("membership__user").order_by("membership__user__name")
        return self.prefetch_related(Prefetch("members", places, to_attr="places"))


class Inbox(TenantModel):
    """One channel of a workspace: a website's chat, with its widget and its routing."""

    class Side(models.TextChoices):
        END = "end", _("Right")
        START = "start", _("Left")

    workspace = models.ForeignKey(
        "teams.Workspace", on_delete=models.CASCADE, related_name="inboxes", editable=False
    )
    name = models.CharField(_("name"), max_length=60)
    key = models.CharField(max_length=16, unique=True, default=new_public_key, editable=False)
    greeting = models.CharField(
        _("greeting"), max_length=300, blank=True, default="Hello! How can we help?"
    )
    # The launcher: its colour (#rrggbb; empty: ours), and the side of the page it stands at.
    accent = models.CharField(_("colour"), max_length=7, blank=True, default="")
    side = models.CharField(_("side"), max_length=5, choices=Side, default=Side.END)
    # Origins that may embed the widget; empty: any site.
    allowed_sites = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    # Opening hours (teams.hours) in the workspace's time zone; empty: always.
    hours = models.JSONField(default=dict, blank=True)
    # When the chat was first opened, and on which site (its origin, as the browser said; empty: it
    # did not). Nobody but the company knows the key before it stands on their site.
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
    def accent_ink(self):
        """What can be read on its colour; empty: it has none of its own."""
        return text_colour_on(self.accent) if self.accent else ""

    @property
    def opening_hours(self) -> Hours:
        workspace = self.workspace
        return Hours.read(self.hours, zone=workspace.zone, holidays=workspace.holidays)

    @property
    def live_channel(self):
        """For those who see all of its conversations."""
        return f"inbox:{self.pk}"

    @property
    def queue_channel(self):
        """For those who see only their own and the unassigned ones."""
        return f"queue:{self.pk}"

    @property
    def answerers(self):
        """Whoever can have one of its conversations: its people, and those who see every inbox."""
        own = InboxMember.objects.filter(inbox=self).values("membership")
        everything = Membership.objects.allowing(Permission.MANAGE_INBOXES).values("pk")
        people = Membership.objects.active().allowing(Permission.ANSWER).with_person()
        return people.filter(Q(pk__in=own) | Q(pk__in=everything), workspace=self.workspace_id)

    @property
    def agents(self):
        """The people of this inbox: they get its chats, and its mail when nobody is there."""
        people = Membership.objects.active().allowing(Permission.ANSWER)
        return people.filter(inbox_memberships__inbox=self).with_person()


class InboxMember(TenantModel):
    """A membership that answers an inbox."""

    inbox = TenantForeignKey(Inbox, on_delete=models.CASCADE, related_name="members")
    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="inbox_memberships"
    )

    class Meta:
        constraints = [
            *same_workspace_constraints("inboxmember", "inbox", "membership"),
            models.UniqueConstraint(fields=["inbox", "membership"], name="once_in_an_inbox"),
        ]
