"""Show text that people typed: escaped, with safe links.

Line ends are kept by the style sheet (white-space: pre-wrap).
"""

from datetime import time
from urllib.parse import urlsplit

from django import template
from django.template.defaultfilters import stringfilter
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.translation import ngettext

from messagehub.lib.constant_markup import per_language
from messagehub.lib.durations import DAY, HOUR, MINUTE
from messagehub.lib.links import NEW_TAB, link_text

register = template.Library()


@register.filter(is_safe=True)
@stringfilter
def message_text(value):
    """Show a message of a contact."""
    return link_text(value)


@register.filter(is_safe=True)
@stringfilter
def page_link(value):
    """Link the page a visitor wrote from, shown as its path. Leave anything but a URL as text."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https"):
        return escape(value)
    label = parts.path if parts.path.strip("/") else parts.netloc
    return format_html('<a href="{}"{}>{}</a>', value, NEW_TAB, label)


@register.filter
def and_more(count):
    """Say how many rows of a list are not shown."""
    return ngettext("and %(count)d more", "and %(count)d more", count) % {"count": count}


@register.filter
def ago(moment):
    """Return how long ago it was, such as "10 seconds ago", for a text that isn't kept."""
    seconds = max(1, int((timezone.now() - moment).total_seconds()))
    if seconds < MINUTE:
        count, text = seconds, ngettext("%(count)d second ago", "%(count)d seconds ago", seconds)
    elif (count := seconds // MINUTE) < 60:
        text = ngettext("%(count)d minute ago", "%(count)d minutes ago", count)
    elif (count := seconds // HOUR) < 24:
        text = ngettext("%(count)d hour ago", "%(count)d hours ago", count)
    else:
        count = seconds // DAY
        text = ngettext("%(count)d day ago", "%(count)d days ago", count)
    return text % {"count": count}


@register.filter
def iso(moment):
    return moment.isoformat()


@register.filter(expects_localtime=True)
def time_of_day(moment):
    return format_time(moment.hour, moment.minute)


@per_language
def format_time(hour, minute):
    return date_format(time(hour, minute), "TIME_FORMAT")
