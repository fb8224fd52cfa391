"""What all charts have around their marks: title, legend, axes, tooltips, summary and table."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from reports.charts.axis import LABEL_LENGTH, axis_values, shown_labels
from reports.charts.formats import format_value

Values = Sequence[float | None]
EXTRA, AT_END = mark_safe(' data-extra=""'), mark_safe(' text-anchor="end"')


@dataclass
class Plot:
    """Values over labels, and their positions, which are percentages of the plot."""

    title: str
    labels: list[str]
    series: dict[str, list[float | None]]
    unit: str

    def __post_init__(self):
        self.labels = [str(label) for label in self.labels]
        for name, values in self.series.items():
            if len(values) != len(self.labels):
                raise ValueError(f"{name} has {len(values)} values for {len(self.labels)} labels")
        slots = range(len(self.labels))
        # Time runs from the right in languages that are read from there.
        self.slots = slots[::-1] if get_language_bidi() else slots
        self.axis = axis_values(max(self.known, default=0), self.unit)
        # Once for the tooltips and the table: most of the time goes into formatting.
        self.texts = {
            name: [format_value(value, self.unit) for value in values]
            for name, values in self.series.items()
        }

    @property
    def known(self) -> list[float]:
        return [value for values in self.series.values() for value in values if value is not None]

    @property
    def slot_width(self) -> float:
        return 100 / len(self.labels)

    def left(self, index: int) -> float:
        return self.slots[index] * self.slot_width

    def middle(self, index: int) -> float:
        return self.left(index) + self.slot_width / 2

    def top(self, value: float) -> float:
        # Decimals, from the database, don't mix with floats.
        return 100 - 100 * float(value) / self.axis[-1]


def position(percentage: float) -> str:
    return f"{percentage:.2f}".rstrip("0").rstrip(".")


def render_chart(plot: Plot, marks: SafeString, keys: SafeString = "") -> SafeString:
    """Render a chart around its marks. keys: the entries of the legend, if it needs one."""
    return format_html(
        '<figure class="chart"><figcaption><span class="chart-title">{}</span>{}</figcaption>'
        '<div class="chart-plot"><ol class="chart-scale" aria-hidden="true">{}</ol>'
        '<svg class="chart-marks" role="img" aria-label="{}">{}{}{}</svg>'
        '<svg class="chart-labels" aria-hidden="true">{}</svg></div>{}</figure>',
        plot.title,
        keys and format_html('<ul class="chart-legend">{}</ul>', keys),
        format_html_join("", "<li>{}</li>", [(format_value(v, plot.unit),) for v in plot.axis]),
        summarize(plot),
        render_grid(plot),
        marks,
        render_tooltips(plot),
        render_labels(plot),
        render_table(plot),
    )


def render_empty(title) -> SafeString:
    return format_html(
        '<figure class="chart"><figcaption class="chart-title">{}</figcaption>{}</figure>',
        title,
        render_no_data(),
    )


def render_no_data() -> SafeString:
    return format_html('<p class="chart-empty">{}</p>', _("No data in this period."))


def render_grid(plot):
    tops = [position(plot.top(value)) for value in plot.axis]
    return format_html_join(
        "", '<line class="chart-grid" x2="100%" y1="{}%" y2="{}%"/>', zip(tops, tops, strict=True)
    )


def render_tooltips(plot):
    """Render a transparent column for each label: a larger target than the mark in it."""
    slots = [
        (position(plot.left(i)), position(plot.slot_width), "\n".join(tooltip_lines(plot, i)))
        for i in range(len(plot.labels))
    ]
    return format_html_join(
        "",
        '<rect class="chart-slot" x="{}%" width="{}%" height="100%"><title>{}</title></rect>',
        slots,
    )


def tooltip_lines(plot, index):
    yield plot.labels[index]
    for name, texts in plot.texts.items():
        yield _("%(name)s: %(value)s") % {"name": name, "value": texts[index]}


def render_labels(plot):
    """Render the labels below the plot; those marked as extra are hidden where it is narrow."""
    labels = [
        (
            position(plot.middle(i)),
            "" if on_narrow else EXTRA,
            # Beside the edge of the page, a label must not stick out.
            AT_END if i + 0.5 > 0.95 * len(plot.labels) else "",
            Truncator(plot.labels[i]).chars(LABEL_LENGTH),
        )
        for i, on_narrow in shown_labels(plot.labels).items()
    ]
    return format_html_join("", '<text x="{}%" y="1em"{}{}>{}</text>', labels)


def summarize(plot) -> str:
    """Describe the chart to those who can't see it: what it shows, and the extremes."""
    first, last = plot.labels[0], plot.labels[-1]
    heading = (
        _("%(title)s, %(first)s.") if first == last else _("%(title)s, %(first)s to %(last)s.")
    )
    heading %= {"title": plot.title, "first": first, "last": last}
    return " ".join([heading, *(summarize_series(plot, name) for name in plot.series)])


def summarize_series(plot, name):
    points = zip(plot.series[name], plot.labels, strict=True)
    known = [point for point in points if point[0] is not None]
    if not known:
        return _("%(name)s: no data.") % {"name": name}
    highest, highest_at = max(known, key=itemgetter(0))
    lowest, lowest_at = min(known, key=itemgetter(0))
    if highest == lowest:
        value = format_value(highest, plot.unit)
        return _("%(name)s: %(value)s.") % {"name": name, "value": value}
    return _(
        "%(name)s: highest %(highest)s (%(highest_at)s), lowest %(lowest)s (%(lowest_at)s)."
    ) % {
        "name": name,
        "highest": format_value(highest, plot.unit),
        "highest_at": highest_at,
        "lowest": format_value(lowest, plot.unit),
        "lowest_at": lowest_at,
    }


def render_table(plot):
    rows = [
        (label, render_cells(texts))
        for label, *texts in zip(plot.labels, *plot.texts.values(), strict=True)
    ]
    return format_html(
        '<details class="chart-table"><summary>{}</summary>'
        '<div role="group" aria-label="{}" tabindex="0"><table><caption>{}</caption>'
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table></div></details>",
        _("Show as table"),
        plot.title,
        plot.title,
        render_heads(plot.series),
        format_html_join("", '<tr><th scope="row"><bdi>{}</bdi></th>{}</tr>', rows),
    )


def render_heads(names):
    return format_html_join("", '<th scope="col"><bdi>{}</bdi></th>', [(name,) for name in names])


def render_cells(texts):
    return format_html_join("", "<td>{}</td>", [(text,) for text in texts])
