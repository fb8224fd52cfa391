"""What was before and after, in the audit log: values as people read them."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def is_list(value):
    return isinstance(value, list)


@register.filter
def without(value, other):
    """What is in one list and not in the other."""
    return [each for each in value or () if each not in (other or ())]


@register.filter
def in_words(value):
    """Nothing is a dash; a list is its parts."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return "–" if value in (None, "") else value
