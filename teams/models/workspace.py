from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messagehub.lib.ids import new_id


class Workspace(models.Model):
    """The tenant: one company or brand. Every tenant row belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=50, unique=True)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self):
        return self.name

    def next_number(self):
        """The next conversation's number. Holds the row until commit: no gaps, no doubles."""
        Workspace.objects.filter(pk=self.pk).update(last_number=F("last_number") + 1)
        return Workspace.objects.values_list("last_number", flat=True).get(pk=self.pk)


class TenantModel(models.Model):
    """A row of one workspace."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        "teams.Workspace", on_delete=models.CASCADE, related_name="%(class)ss", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
