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

    def in_order(self):
        """Agent, Administrator, then own roles by name."""
        # "agent" < "administrator" the other way round; own roles have no key and come last.
        return self.order_by("-key", Lower("name"))


class Role(TenantModel):
    """A named set of permissions. `key` names the two built-in ones; own roles have none."""

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
        """What it allows; a built-in role gets permissions that are added later by itself."""
        return BUILT_IN[self.key] if self.key else frozenset(self.permissions)
