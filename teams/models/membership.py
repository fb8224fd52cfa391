from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from messagehub.lib.text import hue, initials
from teams.models.workspace import TenantModel
from teams.permissions import ADMINISTRATOR, AGENT, Permission


class MembershipQuerySet(models.QuerySet):
    def active(self):
        return self.filter(removed_at=None, user__is_active=True)


class Membership(TenantModel):
    """A user in a workspace, with a role. Conversations are assigned to memberships."""

    class Role(models.TextChoices):
        AGENT = "agent", _("Agent")
        ADMINISTRATOR = "administrator", _("Administrator")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role, default=Role.AGENT)
    away_since = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_a_person"),
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
        return hue(self.user_id)

    @cached_property
    def permissions(self):
        return ADMINISTRATOR if self.role == self.Role.ADMINISTRATOR else AGENT

    def can(self, permission: Permission) -> bool:
        return self.removed_at is None and permission in self.permissions

    @property
    def can_manage_inboxes(self):
        return self.can(Permission.MANAGE_INBOXES)

    @property
    def live_channel(self):
        return f"membership:{self.pk}"
