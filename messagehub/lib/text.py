"""Text that people type: the fields that read it, and short forms of it.

Every field removes invisible characters and treats a text that shows nothing as empty
(messagehub.lib.invisible). That includes NUL bytes and lone surrogates, which PostgreSQL can't
store.
"""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from messagehub.lib.invisible import clean_line, clean_text

BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")


class PlainTextField(forms.CharField):
    """Several lines of text; blank lines around it are dropped, its indentation stays."""

    widget = forms.Textarea

    def __init__(self, **options):
        super().__init__(strip=False, **options)

    def to_python(self, value):
        if value is not None and not isinstance(value, str):
            raise ValidationError(_("This must be text."), code="invalid")
        return BLANK_LINES.sub("", clean_text(super().to_python(value))).rstrip()


class LineField(forms.CharField):
    """One line of text: a name, a title. Line ends and runs of space become one space."""

    def to_python(self, value):
        return clean_line(super().to_python(value))


class AddressField(forms.EmailField):
    """An email address that can be sent to, in small letters."""

    default_error_messages = {
        "required": _("Type your email address."),
        "invalid": _("This is not an email address. Check it once more."),
    }

    def to_python(self, value):
        # Before it is checked: small letters may be more letters than there were, and letters
        # typed in full width become those of an address.
        return unicodedata.normalize("NFKC", clean_line(super().to_python(value))).lower()

    def clean(self, value):
        address = super().clean(value)
        try:
            address.rpartition("@")[2].encode("idna")
        except UnicodeError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return address


def parse_number(value: str, *, digits: int = 9) -> int | None:
    """What a page's address says, if it is a number of at most so many digits."""
    return int(value) if value.isdecimal() and len(value) <= digits else None


def preview(value: str, length: int = 120) -> str:
    """The first words of a text on one line."""
    line = re.sub(r"\s+", " ", value.lstrip()[: length * 4]).strip()
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def initials(name: str) -> str:
    """One or two letters that stand for a name on an avatar."""
    words = [word for word in re.split(r"[\s.@_-]+", name) if word]
    if not words:
        return "?"
    first = words[0][0]
    last = words[-1][0] if len(words) > 1 and "@" not in name else ""
    return (first + last).upper()


def hue(identifier) -> int:
    """0 to 11: the same colour for the same person everywhere."""
    return int(str(identifier).replace("-", "")[-4:], 16) % 12
