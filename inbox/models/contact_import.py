from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models import Membership
from teams.models.workspace import TenantModel


class ContactImport(TenantModel):
    """A file of contacts, from the upload to the result."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", pgettext_lazy("import of contacts", "Uploaded")
        CHECKING = "checking", pgettext_lazy("import of contacts", "Checking")
        CHECKED = "checked", pgettext_lazy("import of contacts", "Checked")
        IMPORTING = "importing", pgettext_lazy("import of contacts", "Importing")
        DONE = "done", pgettext_lazy("import of contacts", "Imported")
        CANCELLED = "cancelled", pgettext_lazy("import of contacts", "Cancelled")
        FAILED = "failed", pgettext_lazy("import of contacts", "Failed")

    class Known(models.TextChoices):
        """What to do with contacts that exist already."""

        UPDATE = "update", _("Update them with the values in the file")
        SKIP = "skip", _("Leave them as they are")

    RUNNING = (State.CHECKING, State.IMPORTING)
    ENDED = (State.DONE, State.CANCELLED, State.FAILED)
    # The fields with values from the file. They are emptied when the import ends.
    EMPTIED = {"content": None, "samples": [], "errors": []}

    by = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL, related_name="+")
    file_name = models.CharField(max_length=120)
    content = models.BinaryField(null=True)
    encoding = models.CharField(max_length=20)
    separator = models.CharField(max_length=1)
    # The names of the columns, and the first rows.
    header = ArrayField(models.TextField(), default=list)
    samples = models.JSONField(default=list)
    # What each column contains: the name of a field, the id of an attribute, or "" for nothing.
    columns = models.JSONField(default=list)
    known = models.CharField(max_length=10, choices=Known, default=Known.UPDATE)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    row_count = models.PositiveIntegerField(default=0)
    # {"created": 3, "updated": 2, "unchanged": 1, "labels": 1}, or "skipped" for the latter two.
    counts = models.JSONField(default=dict)
    # Why rows can't be imported: [line, number of the column, code of the reason, value].
    errors = models.JSONField(default=list)
    # The number of rows with errors.
    error_count = models.PositiveIntegerField(default=0)
    # The time of its last progress, and how often a worker has started this step.
    worked_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            *same_workspace_constraints("contactimport", "by"),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=~Q(state__in=["done", "cancelled", "failed"]),
                name="one_contact_import_at_a_time",
            ),
        ]

    @property
    def is_running(self):
        return self.state in self.RUNNING

    @property
    def has_ended(self):
        return self.state in self.ENDED
