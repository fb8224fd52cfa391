"""Show the values of an audit entry before and after a change."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def is_list(value):
    return isinstance(value, list)


@register.filter
def without(value, other):
    """Return the items of one list that are missing in the other."""
    return [each for each in value or () if each not in (other or ())]


@register.filter
def audit_value(value):
    """Format a value for people: yes or no, a comma-separated list, or a dash for nothing."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return "–" if value in (None, "") else value
