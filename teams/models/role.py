from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messagehub.lib.name_comparison import folded_name
from teams.models.workspace import TenantModel
from teams.permissions import BUILT_IN, Permission


class RoleQuerySet(models.QuerySet):
    def with_permission(self, permission):
        built_in = [key for key, permissions in BUILT_IN.items() if permission in permissions]
        return self.filter(Q(key__in=built_in) | Q(key="", permissions__contains=[permission]))

    def built_in_first(self):
        """Sort Agent before Administrator, then custom roles by name."""
        # Descending by key: "agent", "administrator", and "" for custom roles.
        return self.order_by("-key", Lower("name"))


class Role(TenantModel):
    """A named set of permissions. `key` names the two built-in roles; custom roles have none."""

    AGENT, ADMINISTRATOR = "agent", "administrator"
    NAMES = {AGENT: _("Agent"), ADMINISTRATOR: _("Administrator")}

    key = models.CharField(max_length=20, blank=True, default="", editable=False)
    name = models.CharField(_("name"), max_length=40)
    permissions = ArrayField(
        models.CharField(max_length=30, choices=Permission), default=list, blank=True
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="role_of_workspace"),
            models.UniqueConstraint("workspace", folded_name("name"), name="one_role_a_name"),
            models.UniqueConstraint(
                fields=["workspace", "key"], condition=~Q(key=""), name="built_in_roles_once"
            ),
        ]

    def __str__(self):
        return gettext(self.NAMES[self.key]) if self.key else self.name

    @property
    def is_built_in(self):
        return bool(self.key)

    @property
    def is_administrator(self):
        return self.key == self.ADMINISTRATOR

    @property
    def allowed(self):
        """The role's permissions. Built-in roles also get those that later versions add."""
        return BUILT_IN[self.key] if self.key else frozenset(self.permissions)
