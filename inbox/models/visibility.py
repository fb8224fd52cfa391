from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.Model):
    """When and on which pages an inbox's button shows (widget.page_patterns)."""

    class ShownWhen(models.TextChoices):
        ALWAYS = "always", _("Always")
        OPEN = "open", _("In opening hours")
        AVAILABLE = "available", _("When an agent is available")

    shown_when = models.CharField(
        _("when it shows"), max_length=9, choices=ShownWhen, default=ShownWhen.ALWAYS
    )
    # Patterns of pages. Empty shows it everywhere.
    shown_on = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    hidden_on = ArrayField(models.CharField(max_length=200), default=list, blank=True)

    class Meta:
        abstract = True
