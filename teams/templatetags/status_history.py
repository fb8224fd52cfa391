from django import template

from messagehub.lib.durations import format_duration
from teams import status_history

register = template.Library()

register.simple_tag(status_history.load_history)


@register.filter
def duration(value):
    """Format a timedelta as "8 min", "3 h" or "3 h 8 min"."""
    return format_duration(value.total_seconds())
