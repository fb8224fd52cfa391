from django.db import models

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models.membership import Membership
from teams.models.workspace import TenantModel


class AuditEntry(TenantModel):
    """Who did what, when, from where: written in the transaction of what was done."""

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
    def sentence(self):
        from teams.audit import sentence

        return sentence(self)

    @property
    def changes(self):
        """[(name, before, after)] of what is different."""
        names = list(dict.fromkeys([*self.before, *self.after]))
        pairs = [(name, self.before.get(name), self.after.get(name)) for name in names]
        return [pair for pair in pairs if pair[1] != pair[2]]
