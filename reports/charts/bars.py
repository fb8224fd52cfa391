from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from reports.charts.figure import (
    Plot,
    Values,
    position,
    render_cells,
    render_chart,
    render_empty,
    render_heads,
)

# As percentages of the plot: a single bar is not a wall, and a small value is not invisible.
WIDEST_BAR, LOWEST_BAR = 9, 1
DASHES = mark_safe(' stroke-dasharray="4 3"')


def bar_chart(title, labels, values: Values, *, unit, previous: Values | None = None) -> SafeString:
    """Draw a bar for each label, and a dashed line at the value of the period before.

    Below bars there is only room for short labels, such as days. Use `bar_list` for names.
    """
    plot = Plot(title, labels, name_series(title, values, previous), unit)
    if not plot.known:
        return render_empty(title)
    width = bar_width(plot)
    bars = format_html_join(
        "",
        '<rect class="chart-bar" x="{}%" y="{}%" width="{}%" height="{}%" rx="2"/>',
        [place_bar(plot, i, value, width) for i, value in enumerate(values) if value],
    )
    if not previous:
        return render_chart(plot, bars)
    marks = format_html("{}{}", bars, render_previous(plot, previous, width))
    return render_chart(plot, marks, render_keys(plot))


def name_series(title, values, previous):
    if not previous:
        return {title: values}
    return {_("This period"): values, _("Previous period"): previous}


def bar_width(plot):
    """Return the width of a bar. Many bars touch: gaps below a pixel would flicker."""
    share = 0.7 if len(plot.labels) <= 31 else 0.8 if len(plot.labels) <= 100 else 1
    return min(share * plot.slot_width, WIDEST_BAR)


def place_bar(plot, index, value, width):
    top = min(plot.top(value), 100 - LOWEST_BAR)
    return map(position, (plot.middle(index) - width / 2, top, width, 100 - top))


def render_previous(plot, previous, width):
    """Render a line across each bar, wider than the bar, on a halo that parts it from the bar."""
    half = min(0.65 * width, plot.slot_width / 2)
    path = "".join(
        f"M{position(plot.middle(i) - half)} {position(plot.top(value))}h{position(2 * half)}"
        for i, value in enumerate(previous)
        if value is not None
    )
    return format_html(
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none">'
        '<path class="chart-halo" d="{}"/><path class="chart-previous" d="{}"{}/></svg>',
        path,
        path,
        DASHES if len(previous) <= 31 else "",  # Many short lines are a dashed line themselves.
    )


def render_keys(plot):
    shapes = (
        '<rect class="chart-bar" width="10" height="10" x="5" y="1" rx="2"/>',
        f'<path class="chart-previous" d="M1 6h18"{DASHES}/>',
    )
    return format_html_join(
        "",
        '<li><svg viewBox="0 0 20 12" aria-hidden="true">{}</svg>{}</li>',
        zip(map(mark_safe, shapes), plot.series, strict=True),
    )


def bar_list(title, labels, values: Values, *, unit, previous: Values | None = None) -> SafeString:
    """Draw a table with a bar below each label: long names, such as agents', have room there."""
    plot = Plot(title, labels, name_series(title, values, previous), unit)
    if not plot.known:
        return render_empty(title)
    rows = [
        (label, render_bar(plot, value), render_cells(texts))
        for label, value, *texts in zip(plot.labels, values, *plot.texts.values(), strict=True)
    ]
    return format_html(
        '<div class="chart"><table class="chart-list"><caption class="chart-title">{}</caption>'
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div>",
        title,
        render_heads(plot.series),
        format_html_join("", '<tr><th scope="row"><bdi>{}</bdi>{}</th>{}</tr>', rows),
    )


def render_bar(plot, value):
    highest = float(max(plot.known)) or 1
    width = max(100 * float(value) / highest, LOWEST_BAR) if value else 0
    return format_html(
        '<svg aria-hidden="true">'
        '<rect class="chart-bar" x="{}%" width="{}%" height="100%" rx="2"/></svg>',
        position(100 - width if get_language_bidi() else 0),
        position(width),
    )
