"""Text that people type: what is let in, and what becomes of it.

Threat: NUL bytes and lone surrogates cannot be stored by PostgreSQL (a 500 on every page that
tries), other control characters and bidirectional overrides disguise what is read.
"""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

BIDI_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
FORBIDDEN = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff{BIDI_OVERRIDES}]")


def refuse_control_characters(value: str) -> None:
    if FORBIDDEN.search(value):
        raise ValidationError(
            _("This text contains invisible control characters. Remove them and try again."),
            code="control_characters",
        )


class PlainTextField(forms.CharField):
    """Several lines of text; line ends become \\n, the ends are trimmed."""

    widget = forms.Textarea
    default_validators = [refuse_control_characters]

    def to_python(self, value):
        if value is not None and not isinstance(value, str):
            raise ValidationError(_("This must be text."), code="invalid")
        value = super().to_python(value)
        return value.replace("\r\n", "\n").replace("\r", "\n")


class LineField(forms.CharField):
    """One line of text: a name, a title. Line ends and runs of space become one space."""

    default_validators = [refuse_control_characters]

    def to_python(self, value):
        value = super().to_python(value)
        return unicodedata.normalize("NFC", re.sub(r"\s+", " ", value)).strip()


def whole_number(value: str, *, digits: int = 9) -> int | None:
    """What a page's address says, if it is a number of at most so many digits."""
    return int(value) if value.isdecimal() and len(value) <= digits else None


def preview(value: str, length: int = 120) -> str:
    """The first words of a text on one line."""
    line = re.sub(r"\s+", " ", value[: length * 4]).strip()
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
