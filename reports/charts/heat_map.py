from functools import partial
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.charts.figure import Values, render_empty, render_heads
from reports.charts.formats import format_number

LEVELS = 5


def heat_map(title, rows, columns, values: list[Values], url=None) -> SafeString:
    """Draw a table of counts, one list for each row, with more colour the higher they are.

    url: a function from the indexes of a row and a column to the address of what was counted.
    """
    highest = max((value for row in values for value in row if value is not None), default=None)
    if highest is None:
        return render_empty(title)
    lines = [
        (label, render_cells(columns, row, highest, url and partial(url, number)))
        for number, (label, row) in enumerate(zip(rows, values, strict=True))
    ]
    return format_html(
        '<figure class="chart"><div class="chart-heat" role="group" aria-label="{}" tabindex="0">'
        '<table><caption class="chart-title">{}</caption>'
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>{}</figure>",
        title,
        title,
        render_heads(columns),
        format_html_join("", '<tr><th scope="row"><bdi>{}</bdi></th>{}</tr>', lines),
        render_scale(),
    )


def render_cells(columns, row, highest, url):
    cells = [
        ("", "") if value is None else (level(value, highest), render_value(value, url, number))
        for number, (_column, value) in enumerate(zip(columns, row, strict=True))
    ]
    return format_html_join("", '<td data-level="{}">{}</td>', cells)


def render_value(value, url, column):
    text = format_number(value)
    return format_html('<a href="{}">{}</a>', url(column), text) if url and value else text


def level(value, highest) -> int:
    """Return 0 for nothing, and otherwise the fifth of the highest value: 1 to 5."""
    return min(LEVELS, ceil(LEVELS * value / highest)) if value else 0


def render_scale():
    """Render what the colours mean; the numbers in the cells already say it to all others."""
    levels = format_html_join("", '<i data-level="{}"></i>', [(i,) for i in range(LEVELS + 1)])
    return format_html(
        '<div class="chart-levels" aria-hidden="true">{}{}{}</div>', _("Fewer"), levels, _("More")
    )
