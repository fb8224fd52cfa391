from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reports.charts.figure import Plot, Values, position, render_chart, render_empty, render_no_data

# With more points than these, dots on a line only make it thick.
MOST_DOTS = 14


def line_chart(title, labels, series: dict[str, Values], *, unit) -> SafeString:
    """Draw a line for each series, which None interrupts.

    The first line is solid and the others are dashed differently, four at most.
    """
    plot = Plot(title, labels, series, unit)
    if not plot.known:
        return render_empty(title)
    # The first line is drawn last: it is the one that the chart is about.
    lines = [render_line(plot, i, v) for i, v in enumerate(plot.series.values())][::-1]
    marks = format_html_join("", "{}", [(line,) for line in lines])
    return render_chart(plot, marks, render_keys(plot) if len(plot.series) > 1 else "")


def sparkline(values: Values) -> SafeString:
    """Draw a small line without axes beside a figure, which says what it shows."""
    plot = Plot(_("Values"), range(len(values)), {_("Values"): values}, "count")
    if not plot.known:
        return render_no_data()
    return format_html(
        '<svg class="chart-spark" aria-hidden="true">{}</svg>', render_line(plot, 0, values, 0)
    )


def render_line(plot, number, values, most_dots=MOST_DOTS):
    points = [
        None if value is None else (position(plot.middle(i)), position(plot.top(value)))
        for i, value in enumerate(values)
    ]
    dots = [(number, *point) for i, point in enumerate(points) if has_dot(points, i, most_dots)]
    return format_html(
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none">'
        '<path class="chart-line" data-series="{}" d="{}"/></svg>{}',
        number,
        line_path(points),
        format_html_join(
            "", '<circle class="chart-dot" data-series="{}" cx="{}%" cy="{}%" r="3"/>', dots
        ),
    )


def line_path(points) -> str:
    """Return the path through the points, which begins again after each gap."""
    path, command = "", "M"
    for point in points:
        if point:
            path += f"{command}{point[0]} {point[1]}"
        command = "L" if point else "M"
    return path


def has_dot(points, index, most_dots):
    """Return whether a point has a dot: among a few, or alone, where no line would show it."""
    alone = not any([*points[max(0, index - 1) : index], *points[index + 1 : index + 2]])
    return bool(points[index]) and (alone or len(points) <= most_dots)


def render_keys(plot):
    return format_html_join(
        "",
        '<li><svg viewBox="0 0 20 12" aria-hidden="true">'
        '<path class="chart-line" data-series="{}" d="M1 6h18"/></svg>{}</li>',
        enumerate(plot.series),
    )
