from datetime import timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messagehub.lib.ids import new_id
from messagehub.lib.language import in_language
from messagehub.lib.quick_loading import QuicklyLoaded
from teams.time_zones import is_time_zone

# How long a deleted workspace can be restored.
GRACE = timedelta(days=14)


def known_time_zone(value):
    if not is_time_zone(value):
        raise ValidationError(_("Choose a time zone from the list."))


class WorkspaceQuerySet(models.QuerySet):
    def live(self):
        return self.filter(deleted_at=None)


class Workspace(QuicklyLoaded):
    """The tenant: one company or brand. Every tenant row belongs to exactly one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=50, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="UTC", validators=[known_time_zone]
    )
    # What members read, and what search knows the forms of words of: one of settings.LANGUAGES.
    language = models.CharField(_("language"), max_length=10, default="en")
    # Days on which no one is expected to answer: [{"first", "last", "name"}] (teams.hours).
    holidays = models.JSONField(default=list, blank=True)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WorkspaceQuerySet.as_manager()

    def __str__(self):
        return self.name

    @property
    def zone(self):
        return ZoneInfo(self.time_zone)

    @property
    def gone_at(self):
        """When a deleted workspace can no longer be restored."""
        return self.deleted_at + GRACE if self.deleted_at else None

    def in_language(self):
        """Return a context in which texts are in the workspace's language.

        The gate activates it for members' requests. What members read but a visitor's request or a
        background task renders or stores needs it.
        """
        return in_language(self.language)

    def next_number(self):
        """Return the next conversation's number. The row stays locked until the commit: no gaps."""
        with connection.cursor() as cursor:
            cursor.execute(NEXT_NUMBER, [self.pk])
            [number] = cursor.fetchone()
        return number


NEXT_NUMBER = """
UPDATE teams_workspace SET last_number = last_number + 1 WHERE id = %s RETURNING last_number
"""


class TenantModel(QuicklyLoaded):
    """A row of one workspace."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        "teams.Workspace", on_delete=models.CASCADE, related_name="%(class)ss", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True


class FormerAddress(TenantModel):
    """An address the workspace used to have. Links to it still work."""

    slug = models.SlugField(max_length=50, unique=True)


class Logo(models.Model):
    """A PNG that we drew from the uploaded picture (teams.logos)."""

    workspace = models.OneToOneField(
        Workspace, primary_key=True, on_delete=models.CASCADE, related_name="logo"
    )
    png = models.BinaryField()
    digest = models.CharField(max_length=16)
