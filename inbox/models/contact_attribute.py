from datetime import date
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from messagehub.lib.name_comparison import folded_name, name_key
from messagehub.lib.prepared_query import PreparedQuery
from teams.models.workspace import TenantModel


class ContactAttribute(TenantModel):
    """A field of contacts that the workspace defined. Contact.attributes has the values."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")

    MAX_COUNT = 50  # per workspace

    workspace = models.ForeignKey(
        "teams.Workspace",
        on_delete=models.CASCADE,
        related_name="contact_attributes",
        editable=False,
        db_index=False,  # `one_attribute_a_name` starts with it
    )
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.TEXT)
    choices = ArrayField(models.CharField(max_length=80), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("workspace", folded_name("name"), name="one_attribute_a_name")
        ]

    def __str__(self):
        return self.name

    @property
    def key(self):
        """Return the key of its value in Contact.attributes."""
        return str(self.pk)

    def format(self, value):
        """Return a stored value as people read it."""
        if self.kind == self.Kind.DATE:
            return date_format(date.fromisoformat(value), "DATE_FORMAT")
        return value


def attribute_key(name) -> str:
    """Return the name as websites and files may write it: in any capitals, "_" for a space."""
    return " ".join(name_key(name).replace("_", " ").split())


# Every opened conversation whose contact has values shows them.
ATTRIBUTES = PreparedQuery(
    lambda workspace: ContactAttribute.objects.filter(workspace=workspace).order_by("pk"),
    workspace=UUID,
)
