from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from inbox.models import Inbox
from inbox.models.appearance import MAX_OFFSET
from messagehub.lib.colour import contrast, is_colour
from messagehub.lib.shared_form import SharedForm
from messagehub.lib.text import LineField

# The minimum contrast with the page, so that the launcher is visible on it.
MIN_CONTRAST = 1.2
LIGHT_PAGE, DARK_PAGE = "#ffffff", "#14171c"


class ColourField(LineField):
    """Cleans to #rrggbb in lowercase, or "". Also accepts #rgb and a missing #."""

    default_error_messages = {
        "invalid": _("Enter a colour as # and six digits, such as #245fd4."),
        "light": _("This colour is too light to be seen on a white page."),
        "dark": _("This colour is too dark to be seen on a dark page."),
    }

    def __init__(self, *, page=LIGHT_PAGE, **options):
        super().__init__(required=False, **options)
        self.page = page

    def clean(self, value):
        colour = super().clean(value).lower().removeprefix("#")
        if not colour:
            return ""
        colour = "#" + ("".join(2 * digit for digit in colour) if len(colour) == 3 else colour)
        if not is_colour(colour):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if contrast(colour, self.page) < MIN_CONTRAST:
            code = "light" if self.page == LIGHT_PAGE else "dark"
            raise ValidationError(self.error_messages[code], code=code)
        return colour


def offset_field(label):
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=MAX_OFFSET,
        localize=False,
        error_messages={
            name: _("Enter a whole number from 0 to 200.")
            for name in ("required", "invalid", "min_value", "max_value")
        },
    )


class AppearanceForm(SharedForm):
    name = LineField(
        label=_("Name"),
        max_length=60,
        help_text=_("For your team, and for screen readers: “Chat with …”."),
    )
    title = LineField(
        label=_("Title"),
        max_length=60,
        required=False,
        help_text=_("Shown at the top of the chat. Leave blank for the workspace's name."),
    )
    greeting = LineField(
        label=_("Greeting"),
        max_length=300,
        required=False,
        help_text=_("The first thing visitors read. Optional."),
    )
    launcher = forms.ChoiceField(label=_("Shape"), choices=Inbox.Launcher, widget=forms.RadioSelect)
    launcher_text = LineField(
        label=_("Text on the button"),
        max_length=30,
        required=False,
        help_text=_("Leave blank for a round button with only an icon. A tab then says “Chat”."),
    )
    side = forms.ChoiceField(
        label=_("Position of the button"), choices=Inbox.Side, widget=forms.RadioSelect
    )
    side_offset = offset_field(_("Distance from the side (pixels)"))
    bottom_offset = offset_field(_("Distance from the bottom (pixels)"))
    accent = ColourField(label=_("Colour"))
    accent_dark = ColourField(label=_("Colour on dark pages"), page=DARK_PAGE)
    theme = forms.ChoiceField(label=_("Theme"), choices=Inbox.Theme, widget=forms.RadioSelect)
    avatar = forms.ChoiceField(
        label=_("Picture at the top"), choices=Inbox.Avatar, widget=forms.RadioSelect
    )
    plays_sounds = forms.BooleanField(label=_("Play a sound for a new reply"), required=False)
    accepts_files = forms.BooleanField(label=_("Visitors may send files"), required=False)
    asks_rating = forms.BooleanField(
        label=_("Ask for a rating"),
        required=False,
        help_text=_(
            "When a conversation is resolved, the visitor can choose one of five faces and write a "
            "comment."
        ),
    )

    def __init__(self, *args, inbox, **kwargs):
        stored = {name: getattr(inbox, name) for name in self.base_fields}
        translations = inbox.greeting_translations
        stored |= {translation_name(code): text for code, text in translations.items()}
        super().__init__(*args, initial=stored, **kwargs)
        self.fields |= {
            translation_name(code): LineField(label=name, max_length=300, required=False)
            for code, name in settings.VISITOR_LANGUAGES
        }

    @property
    def translations(self):
        """Return the fields of the greeting in other languages."""
        return [self[translation_name(code)] for code, _name in settings.VISITOR_LANGUAGES]

    @property
    def translation_count(self):
        return sum(bool(field.value()) for field in self.translations)

    @property
    def has_translation_errors(self):
        return any(field.errors for field in self.translations)

    @property
    def values(self):
        """Return the fields of the inbox."""
        data = {name: self.cleaned_data[name] for name in self.base_fields}
        texts = {
            code: self.cleaned_data[translation_name(code)]
            for code, _name in settings.VISITOR_LANGUAGES
        }
        return data | {
            "greeting_translations": {code: text for code, text in texts.items() if text}
        }

    def clean(self):
        data = super().clean()
        accent, has_own = data.get("accent"), data.get("accent_dark") != ""
        is_ever_dark = data.get("theme") != Inbox.Theme.LIGHT
        if accent and not has_own and is_ever_dark and contrast(accent, DARK_PAGE) < MIN_CONTRAST:
            self.add_error(
                "accent_dark",
                _("Your colour can't be seen on dark pages. Choose a lighter one for them."),
            )
        return data


def translation_name(code):
    return f"greeting_{code}"
