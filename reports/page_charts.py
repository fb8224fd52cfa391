"""The charts of the pages. Each shows what a table or a list has, too."""

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports.charts import bar_chart, bar_list, heat_map, line_chart
from reports.figures import FIGURES
from reports.measuring import arrivals, by_step, measure


def step_labels(period) -> list[str]:
    return [date_format(period.days_of_step(step)[0], _("j M")) for step in period.steps]


class StepCharts:
    """Charts over the days of the period, or its weeks, from one pair of queries."""

    def __init__(self, filters, *names):
        self.period = filters.period
        facts = by_step(filters.facts(), self.period)
        self.values = measure(facts, names, column=filters.column, by=("step",))

    def series(self, name):
        """Days without a duration are gaps, days without an event are 0."""
        nothing = None if FIGURES[name].is_duration else 0
        steps = self.period.steps
        return [self.values.get((step,), {}).get(name, nothing) for step in steps]

    def lines(self, title, *names, unit):
        series = {str(FIGURES[name].label): self.series(name) for name in names}
        return line_chart(title, step_labels(self.period), series, unit=unit)


def overview_charts(filters, cards):
    """Draw what the cards count, whose values of each day are already known."""
    labels = step_labels(filters.period)
    if len(labels) < 2:
        return []
    return [
        bar_chart(card.figure.label, labels, card.steps, unit="count", previous=steps_before(card))
        for card in cards
        if not card.figure.is_duration
    ]


def steps_before(card):
    """Return the days before if there was anything; a month may have more or fewer of them."""
    before, length = card.steps_before, len(card.steps)
    if not before or not any(before):
        return None
    return [*before[:length], *[None] * (length - len(before))]


def conversation_charts(filters):
    charts = [heat_map_of_arrivals(filters)]
    if len(filters.period.steps) < 2:
        return charts
    names = ["new", "resolved", "reopened"]
    responses = ["first_reply_median", "next_reply_median"]
    steps = StepCharts(filters, *names, *responses, "resolution_median")
    return [
        steps.lines(_("Conversations"), *names, unit="count"),
        steps.lines(_("Response times"), *responses, unit="seconds"),
        steps.lines(_("Resolution times"), "resolution_median", unit="seconds"),
        *charts,
    ]


def heat_map_of_arrivals(filters):
    return heat_map(
        _("New conversations by weekday and hour"),
        [str(WEEKDAYS_ABBR[day]) for day in range(7)],
        list(range(24)),
        arrivals(filters.facts(), filters.period),
    )


def routing_charts(filters):
    if len(filters.period.steps) < 2:
        return []
    queue = ["queue_median", "queue_p90"]
    steps = StepCharts(filters, *queue, "assigned", "timed_out")
    return [
        steps.lines(_("Time in the queue"), *queue, unit="seconds"),
        steps.lines(_("Assignments"), "assigned", "timed_out", unit="count"),
    ]


def bars_of_table(table, column, *, most=25):
    """Draw one column of a table whose rows have long names, without the rows that are empty."""
    rows = [row for row in table.rows if row.cells[column].value][:most]
    figure = table.columns[column]
    unit = "seconds" if figure.is_duration else "count"
    values = [row.cells[column].value for row in rows]
    return bar_list(figure.label, [row.label for row in rows], values, unit=unit)
