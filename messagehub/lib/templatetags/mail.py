"""For the text part of emails.

Threat: what a stranger typed stands between our own lines, and could imitate them ("Your password
expired, open ..."). Every line of theirs begins with "> ", whatever they use as a line end. Mail
programs make links of what looks like one, so a name loses that look.
"""

import re

from allauth.account import app_settings as account
from django import template
from django.conf import settings
from django.template.defaultfilters import stringfilter

register = template.Library()
DAY = 24 * 3600


@register.filter
@stringfilter
def quoted(value):
    """Several lines of somebody else's words."""
    lines = value.splitlines() or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)


@register.filter
@stringfilter
def one_line(value):
    return " ".join(value.split())


@register.filter
@stringfilter
def plain_name(value):
    """A name that somebody chose: one line, and no mail program makes a link of it."""
    return unlinked(" ".join(value.split()))


@register.filter
@stringfilter
def unlinked(value):
    """Words that a stranger chose for a mail to somebody else: no mail program finds a link."""
    return re.sub(r"(?<=[.:/@])(?=\S)", "\u2060", value)


@register.simple_tag
def reset_link_days():
    """How many days a link to choose a new password works."""
    return settings.PASSWORD_RESET_TIMEOUT // DAY


@register.simple_tag
def confirmation_link_days():
    return account.EMAIL_CONFIRMATION_EXPIRE_DAYS
