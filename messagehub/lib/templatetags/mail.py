"""Make text from strangers safe for the plain-text part of emails.

Threat: a stranger's text could imitate our own lines ("Your password expired, open ..."), so each
of its lines begins with "> ", whatever line ends it uses. Mail programs turn text that looks like
a URL into a link, so names are changed not to look like one.
"""

import re

from allauth.account import app_settings as account
from django import template
from django.conf import settings
from django.template.defaultfilters import stringfilter

register = template.Library()
DAY_SECONDS = 24 * 3600


@register.filter
@stringfilter
def quoted(value):
    """Quote several lines of someone else's text."""
    lines = value.splitlines() or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)


@register.filter
@stringfilter
def one_line(value):
    return " ".join(value.split())


@register.filter
@stringfilter
def plain_name(value):
    """Format a name as one line that no mail program turns into a link."""
    return without_links(one_line(value))


@register.filter
@stringfilter
def without_links(value):
    """Break everything that a mail program might turn into a link, with invisible characters."""
    return re.sub(r"(?<=[.:/@])(?=\S)", "\u2060", value)


@register.simple_tag
def reset_link_days():
    """Return how many days a password reset link works."""
    return settings.PASSWORD_RESET_TIMEOUT // DAY_SECONDS


@register.simple_tag
def confirmation_link_days():
    return account.EMAIL_CONFIRMATION_EXPIRE_DAYS
