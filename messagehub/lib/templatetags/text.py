"""What people typed, shown to others: escaped, with links that take nothing along.

Line ends stay as they are; the style sheet keeps them (white-space: pre-wrap).
"""

from datetime import time
from functools import lru_cache
from urllib.parse import urlsplit

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.translation import get_language

from messagehub.lib.links import NEW_PAGE, link_text

register = template.Library()


@register.filter(is_safe=True)
@stringfilter
def message_text(value):
    """A message as agents see it."""
    return link_text(value)


@register.filter(is_safe=True)
@stringfilter
def visitor_text(value):
    """A message as visitors see it: nothing that only agents have may be added here."""
    return link_text(value)


@register.filter(is_safe=True)
@stringfilter
def page_link(value):
    """The page a visitor wrote from, by its path; anything but a web address stays mere text."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https"):
        return escape(value)
    words = parts.path if parts.path.strip("/") else parts.netloc
    return format_html('<a href="{}"{}>{}</a>', value, NEW_PAGE, words)


@register.filter
def iso(moment):
    return moment.isoformat()


@register.filter(expects_localtime=True)
def clock(moment):
    return clock_words(moment.hour, moment.minute, get_language())


@lru_cache(4000)
def clock_words(hour, minute, language):
    return date_format(time(hour, minute), "TIME_FORMAT")
