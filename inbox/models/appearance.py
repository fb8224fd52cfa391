from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from messagehub.lib.colour import text_colour_on

MAX_OFFSET = 200  # pixels
DEFAULT_ACCENT = "#245fd4"


class Appearance(models.Model):
    """How an inbox's chat looks on its websites. Colours are #rrggbb, or empty for the default."""

    class Side(models.TextChoices):
        END = "end", _("Right")
        START = "start", _("Left")

    class Launcher(models.TextChoices):
        BUBBLE = "bubble", _("Bubble")
        TAB = "tab", _("Tab at the bottom edge")

    class Theme(models.TextChoices):
        AUTO = "auto", _("As the visitor's device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")
        PAGE = "page", _("As the page's color-scheme")

    class Avatar(models.TextChoices):
        AGENTS = "agents", _("Faces of the agents")
        LOGO = "logo", _("The workspace's logo")

    # The chat's heading, or empty for the workspace's name.
    title = models.CharField(_("title"), max_length=60, blank=True, default="")
    greeting = models.CharField(
        _("greeting"), max_length=300, blank=True, default="Hello! How can we help?"
    )
    # The greeting in other languages: {language code: text}
    greeting_translations = models.JSONField(default=dict, blank=True)
    avatar = models.CharField(_("picture"), max_length=6, choices=Avatar, default=Avatar.AGENTS)
    launcher = models.CharField(
        _("launcher"), max_length=6, choices=Launcher, default=Launcher.BUBBLE
    )
    launcher_text = models.CharField(_("launcher's text"), max_length=30, blank=True, default="")
    accent = models.CharField(_("colour"), max_length=7, blank=True, default="")
    # On dark pages. Empty: the same colour as on light ones.
    accent_dark = models.CharField(_("colour when dark"), max_length=7, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    side = models.CharField(_("side"), max_length=5, choices=Side, default=Side.END)
    # The launcher's distance from the edges, in pixels.
    side_offset = models.PositiveSmallIntegerField(
        _("distance from the side"), default=20, validators=[MaxValueValidator(MAX_OFFSET)]
    )
    bottom_offset = models.PositiveSmallIntegerField(
        _("distance from the bottom"), default=20, validators=[MaxValueValidator(MAX_OFFSET)]
    )
    # Whether the chat plays a sound for a reply. Visitors can turn it off for themselves.
    plays_sounds = models.BooleanField(_("sounds"), default=True)

    class Meta:
        abstract = True

    @property
    def heading(self):
        return self.title or self.workspace.name

    @property
    def local_greeting(self):
        """Return the greeting in the active language, or else the one for all other languages."""
        language = get_language() or ""
        texts = self.greeting_translations
        return texts.get(language) or texts.get(language.partition("-")[0]) or self.greeting

    @property
    def launcher_label(self):
        """Return the text on the launcher. A tab always has one."""
        if self.launcher == self.Launcher.TAB:
            return self.launcher_text or gettext("Chat")
        return self.launcher_text

    @property
    def accents(self):
        """Return ((colour, text colour), the same on dark pages), or None for the default."""
        if not self.accent and not self.accent_dark:
            return None
        light = self.accent or DEFAULT_ACCENT
        dark = self.accent_dark or self.accent
        return (light, text_colour_on(light)), (dark, text_colour_on(dark))
