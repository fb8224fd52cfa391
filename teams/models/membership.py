from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.stored_files import preview_key
from messagehub.lib.text import hue, initials
from messagehub.lib.urls import make_url
from teams.hours import Hours
from teams.models.role import Role
from teams.models.workspace import TenantModel, known_time_zone
from teams.permissions import Permission
from teams.quiet_hours import quiet_hours_end
from teams.statuses import AvailabilityStatus


class MembershipQuerySet(models.QuerySet):
    def active(self):
        """Return members with access."""
        return self.filter(
            removed_at=None, suspended_at=None, user__is_active=True, workspace__deleted_at=None
        )

    def current(self):
        """Return members that haven't been removed, including suspended ones."""
        return self.filter(removed_at=None)

    def with_permission(self, permission):
        return self.filter(role__in=Role.objects.with_permission(permission))

    def administrators(self):
        return self.active().filter(role__key=Role.ADMINISTRATOR)

    def with_related(self):
        return self.select_related("user", "role", "workspace")


class Membership(TenantModel):
    """A user in a workspace, with a role. Conversations are assigned to memberships.

    Removing a member keeps the row: their messages keep their name, and a new invitation brings
    the same row back.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = TenantForeignKey(Role, on_delete=models.RESTRICT, related_name="memberships")
    # The hue of the avatar, chosen to differ from the others' (teams.colours); else derived.
    colour = models.PositiveSmallIntegerField(null=True, editable=False)
    # Names the member's photo in its URL and in the storage: random, and new with each photo, so
    # that it can be cached for ever. Empty without one. When it changes or the row is deleted, a
    # trigger has the files deleted (inbox.models.DiscardedFile).
    photo = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)
    # Set by the member or by an administrator (away_by), never by presence.
    away_at = models.DateTimeField(null=True)
    away_by = TenantForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    reassign_replies = models.BooleanField(default=False)
    # Office hours (teams.hours) in the member's time zone. Empty means always.
    hours = models.JSONField(default=dict, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, blank=True, default="", validators=[known_time_zone]
    )
    # The most open conversations at a time, over all inboxes. None means no limit.
    capacity = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(1)])
    # The status published last, so that only changes are published.
    announced_status = models.CharField(
        max_length=20,
        choices=AvailabilityStatus,
        default=AvailabilityStatus.OFFLINE,
        editable=False,
    )
    # Which emails they want while offline, and the quiet hours without any, in their time zone.
    email_mine = models.BooleanField(default=True)
    email_queue = models.BooleanField(default=True)
    email_mentions = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("membership", "role", "away_by"),
            models.UniqueConstraint(fields=["workspace", "id"], name="membership_of_workspace"),
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_a_person"),
            models.UniqueConstraint(
                fields=["photo"],  # visitors' pages ask by it alone
                condition=~Q(photo=""),
                name="one_membership_a_photo",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "role"],
                condition=Q(removed_at=None),
                name="members_of_workspace",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return str(self.user)

    @property
    def initials(self):
        return initials(self.name)

    @property
    def hue(self):
        return hue(self.user_id) if self.colour is None else self.colour

    @property
    def photo_url(self):
        """Return where colleagues find the photo, or "" without one."""
        return make_url("photo", self.workspace.slug, self.photo) if self.photo else ""

    @property
    def photo_keys(self):
        """Return the keys of the large and the small photo in the storage."""
        key = photo_key(self.workspace_id, self.photo)
        return key, preview_key(key)

    @property
    def zone(self):
        """The member's own time zone, else the workspace's."""
        return ZoneInfo(self.time_zone) if self.time_zone else self.workspace.zone

    @property
    def has_schedule(self):
        """Whether office hours or holidays apply; without them the member is always expected."""
        return bool(self.hours or self.workspace.holidays)

    @property
    def office_hours(self) -> Hours:
        return Hours.read(self.hours, zone=self.zone, holidays=self.workspace.holidays)

    @property
    def presence(self):
        """Return the member's presence. This and `sentence` need with_availability()."""
        return self.availability.presence

    @property
    def sentence(self):
        return self.availability.sentence

    def quiet_until(self, at):
        """Return the end of the member's quiet hours around `at`, or None outside of them."""
        return quiet_hours_end(at, begin=self.quiet_from, end=self.quiet_to, zone=self.zone)

    @property
    def is_active(self):
        return self.removed_at is None and self.suspended_at is None and self.user.is_active

    @property
    def is_suspended(self):
        return self.suspended_at is not None

    @property
    def is_administrator(self):
        return self.role.is_administrator

    @cached_property
    def permissions(self):
        return self.role.allowed if self.is_active else frozenset()

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions

    def can_give(self, role) -> bool:
        """No one can give, or take from others, permissions that they don't have themselves."""
        return self.can(Permission.MANAGE_TEAM) and role.allowed <= self.permissions

    @property
    def can_manage_inboxes(self):
        return self.can(Permission.MANAGE_INBOXES)

    @property
    def sees_all_inboxes(self):
        """Inbox.objects.visible_to() finds all of the workspace's."""
        return self.can_manage_inboxes

    @property
    def sees_all_conversations(self):
        """Conversation.objects.visible_to() finds all of the workspace's."""
        return self.sees_all_inboxes and self.can(Permission.SEE_ALL)

    @property
    def can_manage_team(self):
        return self.can(Permission.MANAGE_TEAM)

    @property
    def can_see_audit_log(self):
        return self.can(Permission.SEE_AUDIT_LOG)

    @property
    def can_change_settings(self):
        return self.can(Permission.CHANGE_SETTINGS)

    @property
    def live_channel(self):
        return f"membership:{self.pk}"


def photo_key(workspace_id, photo):
    return f"{workspace_id}/{photo}"
