"""The sections of the pages: charts and a table, which a page requests one by one.

Each takes a few passes over the facts, so the page appears at once and its sections follow.
"""

from dataclasses import dataclass, field

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reports import tables
from reports.agent_tables import WORK, work
from reports.charts import bar_chart, bar_list, heat_map, line_chart
from reports.figures import FIGURES
from reports.measuring import arrivals
from reports.steps import Steps
from reports.table import Table, list_url


@dataclass(frozen=True)
class Section:
    charts: list = field(default_factory=list)
    table: Table | None = None


def step_labels(period) -> list[str]:
    return [date_format(period.days_of_step(step)[0], _("j M")) for step in period.steps]


def lines(title, steps, *names, unit):
    series = {str(FIGURES[name].label): steps.series(name) for name in names}
    return line_chart(title, step_labels(steps.period), series, unit=unit)


def compared(filters) -> Section:
    """What came in and what was resolved, compared with the previous period."""
    names, period = ["new", "resolved"], filters.period
    if len(period.steps) < 2:
        return Section()
    steps = Steps(filters, names)
    before = Steps(filters, names, period.before()) if filters.compares else None
    charts = [
        bar_chart(
            FIGURES[name].label,
            step_labels(period),
            steps.series(name),
            unit="count",
            previous=before and aligned(before.series(name), len(period.steps)),
        )
        for name in names
    ]
    return Section(charts)


def aligned(values, length) -> list | None:
    """Cut or pad the values to this many, if there are any: a month may have more or fewer days."""
    return [*values[:length], *[None] * (length - len(values))] if any(values) else None


def days(filters) -> Section:
    steps = Steps(filters, tables.SUMMARY)
    table = tables.days_table(filters, steps)
    if len(filters.period.steps) < 2:
        return Section(table=table)
    responses = ["first_reply_median", "next_reply_median"]
    charts = [
        lines(_("Conversations"), steps, "new", "resolved", "reopened", unit="count"),
        lines(_("Response times"), steps, *responses, unit="seconds"),
        lines(_("Resolution times"), steps, "resolution_median", unit="seconds"),
    ]
    if any(value is not None for value in steps.series("satisfaction")):
        charts.append(lines(_("Satisfaction"), steps, "satisfaction", unit="percent"))
    return Section(charts, table)


def weekdays(filters) -> Section:
    chart = heat_map(
        _("New conversations by weekday and hour"),
        [str(WEEKDAYS_ABBR[day]) for day in range(7)],
        list(range(24)),
        arrivals(filters.facts(), filters.period),
        url=lambda weekday, hour: list_url(filters, FIGURES["new"], weekday=weekday, hour=hour),
    )
    return Section([chart])


def agent_work(filters) -> Section:
    table = work(filters)
    columns = [WORK.index(name) for name in ("handled", "replies")]
    return Section([bars(table, column) for column in columns], table)


def bars(table, column, *, most=25):
    """Draw one column of a table whose rows have long names, without the rows that are empty."""
    rows = [row for row in table.rows if row.cells[column].value][:most]
    figure = table.columns[column]
    values = [row.cells[column].value for row in rows]
    return bar_list(figure.label, [row.label for row in rows], values, unit=figure.unit)


def queue(filters) -> Section:
    table = tables.queue(filters)
    if len(filters.period.steps) < 2:
        return Section(table=table)
    names = ["queue_median", "queue_p90"]
    steps = Steps(filters, [*names, "assigned", "timed_out"])
    charts = [
        lines(_("Time in the queue"), steps, *names, unit="seconds"),
        lines(_("Assignments"), steps, "assigned", "timed_out", unit="count"),
    ]
    return Section(charts, table)


def only_table(name):
    return lambda filters: Section(table=tables.TABLES[name](filters))


SECTIONS = {
    "compared": compared,
    "days": days,
    "weekdays": weekdays,
    "agent-work": agent_work,
    "queue": queue,
    **{
        name: only_table(name)
        for name in (
            *("times", "inboxes", "teams", "conversation-teams", "labels", "agents"),
            *("rules", "fairness", "inbox-load"),
        )
    },
}
