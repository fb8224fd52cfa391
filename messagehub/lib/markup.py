"""Put values into markup as Django's format_html() does, several times as fast.

A page has thousands of values, and nearly all are short texts, ids, or markup already.
"""

from html import escape
from uuid import UUID

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

NOTHING_TO_ESCAPE = (int, UUID)


def format_html(template: str, *values, **named_values) -> SafeString:
    named = {name: escape_value(value) for name, value in named_values.items()}
    return SafeString(template.format(*map(escape_value, values), **named))


def format_html_join(separator: str, template: str, rows) -> SafeString:
    parts = (template.format(*map(escape_value, row)) for row in rows)
    return SafeString(escape_value(separator).join(parts))


def escape_value(value) -> str:
    """Escape everything that isn't markup, as conditional_escape() does."""
    kind = type(value)
    if kind is SafeString:
        return value
    if kind is str:
        return escape(value)
    return str(value) if kind in NOTHING_TO_ESCAPE else conditional_escape(value)


def sentence(text, **values) -> SafeString:
    """Put markup into a translated sentence. Everything else is escaped."""
    escaped = {name: escape_value(value) for name, value in values.items()}
    return SafeString(escape_value(str(text)) % escaped)
