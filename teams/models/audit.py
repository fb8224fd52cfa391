from django.db import models
from django.utils.translation import gettext as _

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.audit_actions import ACTIONS
from teams.models.membership import Membership
from teams.models.workspace import TenantModel


class AuditEntry(TenantModel):
    """Who did what, when and from where. Written in the transaction of the change itself."""

    action = models.CharField(max_length=40)
    by = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=80, blank=True, default="")
    target = models.CharField(max_length=254, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = same_workspace_constraints("auditentry", "by")
        indexes = [models.Index(fields=["workspace", "-created_at"], name="audit_latest_first")]

    def __str__(self):
        return f"{self.action}: {self.target}"

    @property
    def actor(self) -> str:
        return self.by_name or _("MessageHub")

    @property
    def sentence(self) -> str:
        """What the actor did, such as "removed Bob"."""
        return str(ACTIONS.get(self.action, self.action)) % {"target": self.target}

    @property
    def changes(self) -> list[tuple]:
        """(name, before, after) of every value that differs."""
        names = list(dict.fromkeys([*self.before, *self.after]))
        rows = [(name, self.before.get(name), self.after.get(name)) for name in names]
        return [row for row in rows if row[1] != row[2]]
