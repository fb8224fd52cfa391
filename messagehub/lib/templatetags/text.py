"""What people typed, shown to others: escaped, with links that take nothing along.

Line ends stay as they are; the style sheet keeps them (white-space: pre-wrap).
"""

from urllib.parse import urlsplit

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.html import escape, format_html, urlize
from django.utils.safestring import mark_safe

register = template.Library()
SAFE_LINK = ' rel="nofollow noopener noreferrer" target="_blank"'


@register.filter(is_safe=True)
@stringfilter
def message_text(value):
    """A message as agents see it."""
    return linked(value)


@register.filter(is_safe=True)
@stringfilter
def visitor_text(value):
    """A message as visitors see it: nothing that only agents have may be added here."""
    return linked(value)


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
    return format_html('<a href="{}"' + SAFE_LINK + ">{}</a>", value, words)


def linked(value):
    # The text is escaped before this runs, so a quoted attribute can only be urlize's own.
    html = urlize(value, nofollow=True, autoescape=True)
    return mark_safe(html.replace(' rel="nofollow"', SAFE_LINK))
