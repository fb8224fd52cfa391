"""What somebody was during the last days, for the partial that shows it."""

from django import template
from django.utils.translation import gettext as _

from teams.status_history import load_history

register = template.Library()


@register.simple_tag
def states_of(membership):
    return history(membership)


@register.filter
def format_duration(length):
    """«8 min», «3 h», «3 h 8 min»; what is shorter than a minute says so."""
    minutes = int(length.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes} if minutes else _("under 1 min")
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
