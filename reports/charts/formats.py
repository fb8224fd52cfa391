from django.utils.formats import number_format
from django.utils.translation import gettext as _

from messagehub.lib.durations import NOTHING, format_duration


def format_value(value, unit: str) -> str:
    """Format a value of a report, or a dash for None.

    unit: "count", "seconds" or "percent" (0 to 100).
    """
    if value is None:
        return NOTHING
    if unit == "seconds":
        return format_duration(value)
    number = format_number(value)
    return _("%(number)s%%") % {"number": number} if unit == "percent" else number


def format_number(value) -> str:
    """Format as "1,234" or "4.5", with at most one decimal place."""
    number = round(value, 1)
    return number_format(int(number) if number == int(number) else number, force_grouping=True)
