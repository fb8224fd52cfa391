from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class ContactJob(TenantModel):
    """Something done with many contacts in the background: they are exported or changed.

    It goes through the list from the newest contact to the oldest. What a batch changes is stored
    together with the position, so that after a crash the sweep continues from there.
    """

    class Kind(models.TextChoices):
        EXPORT = "export", pgettext_lazy("noun", "Export")
        OWNER = "owner", _("Set owner")
        ADD_LABEL = "add_label", _("Add label")
        REMOVE_LABEL = "remove_label", _("Remove label")

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("export or change of contacts", "Running")
        DONE = "done", pgettext_lazy("export or change of contacts", "Done")
        CANCELLED = "cancelled", pgettext_lazy("export or change of contacts", "Cancelled")
        FAILED = "failed", pgettext_lazy("export or change of contacts", "Failed")
        REFUSED = "refused", _("Not allowed any more")

    by = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    # The query of the list, see inbox.contact_list.ContactFilters.
    query = models.TextField(blank=True, default="")
    # The id of the owner or the label. None: no owner.
    target = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    # Contacts that have too many labels already.
    skipped = models.PositiveIntegerField(default=0)
    # The id of the last contact that was done.
    position = models.UUIDField(null=True)
    worked_at = models.DateTimeField()
    # The exported file, compressed, and what its owner might see when it was made.
    content = models.BinaryField(null=True)
    access = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints = same_workspace_constraints("contactjob", "by")
        indexes = [
            # The few that a sweep may have to continue.
            models.Index(
                fields=["worked_at"],
                condition=models.Q(state="running"),
                name="contact_job_running",
            )
        ]

    @property
    def is_running(self):
        return self.state == self.State.RUNNING

    @property
    def is_export(self):
        return self.kind == self.Kind.EXPORT
