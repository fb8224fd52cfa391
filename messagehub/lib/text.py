"""Form fields for text that people type, and functions that shorten it.

Every field removes invisible characters and treats a text without visible ones as empty
(messagehub.lib.invisible). That includes NUL bytes and lone surrogates, which PostgreSQL can't
store.
"""

import re
import unicodedata
from functools import lru_cache
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from messagehub.lib.invisible import clean_line, clean_text

BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")


class PlainTextField(forms.CharField):
    """Several lines of text. Removes blank lines around it and keeps the indentation."""

    widget = forms.Textarea

    def __init__(self, **options):
        super().__init__(strip=False, **options)

    def to_python(self, value):
        if value is not None and not isinstance(value, str):
            raise ValidationError(_("This must be text."), code="invalid")
        return BLANK_LINES.sub("", clean_text(super().to_python(value))).rstrip()


class LineField(forms.CharField):
    """One line of text, such as a name. Replaces line ends and runs of spaces with one space."""

    def to_python(self, value):
        return clean_line(super().to_python(value))


class AddressField(forms.EmailField):
    """A deliverable email address, in lower case."""

    default_error_messages = {
        "required": _("Enter your email address."),
        "invalid": _("Enter a valid email address."),
    }

    def to_python(self, value):
        # This comes before validation because lower-casing may add characters, and because it
        # turns full-width letters into those of an address.
        return unicodedata.normalize("NFKC", clean_line(super().to_python(value))).lower()

    def clean(self, value):
        address = super().clean(value)
        try:
            address.rpartition("@")[2].encode("idna")
        except UnicodeError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return address


def parse_number(value: str, *, digits: int = 9) -> int | None:
    """Parse a whole number from a URL or form; None if it isn't one or has more digits."""
    return int(value) if value.isdecimal() and len(value) <= digits else None


def parse_uuid(value: str) -> UUID | None:
    """Parse an id from a URL or form; None if it isn't one."""
    try:
        return UUID(value)
    except ValueError:
        return None


def preview(value: str, length: int = 120) -> str:
    """Shorten a text to one line."""
    line = re.sub(r"\s+", " ", value.lstrip()[: length * 4]).strip()
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


@lru_cache(5000)
def initials(name: str) -> str:
    """Return one or two letters for an avatar."""
    words = [word for word in re.split(r"[\s.@_-]+", name) if word]
    if not words:
        return "?"
    first = words[0][0]
    last = words[-1][0] if len(words) > 1 and "@" not in name else ""
    return (first + last).upper()


@lru_cache(5000)
def hue(identifier) -> int:
    """Return one of twelve colours, 0 to 11, always the same for the same id."""
    return int(str(identifier).replace("-", "")[-4:], 16) % 12
