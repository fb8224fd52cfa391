from django import template
from django.utils.translation import gettext as _

from teams import status_history

register = template.Library()

register.simple_tag(status_history.load_history)


@register.filter
def format_duration(duration):
    """Return "8 min", "3 h", "3 h 8 min" or "under 1 min"."""
    minutes = int(duration.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes} if minutes else _("under 1 min")
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
