"""Computes figures from facts: one query for the counts, one for the durations."""

from collections import defaultdict

from django.db.models import Aggregate, Avg, Count, DateField, FloatField
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay, Trunc

from reports.figures import FIGURES, Measure
from reports.models import Kind


class Percentile(Aggregate):
    """The value below which this fraction lies, interpolated."""

    function = "percentile_cont"
    template = "%(function)s(%(fraction)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression, *, fraction):
        super().__init__(expression, fraction=fraction)


def measure(facts, names, *, column, by=()) -> dict:
    """Return {group: {figure's name: value}}, for groups with at least one fact.

    column: of the durations. by: what groups are made of; without it, the only group is ().
    """
    figures = [FIGURES[name] for name in names]
    results = defaultdict(dict)
    counts = [each for each in figures if each.measure == Measure.COUNT]
    conversations = [each for each in figures if each.measure == Measure.CONVERSATIONS]
    durations = [each for each in figures if each.is_duration]
    if counts:
        for group, kind, row in grouped(facts, counts, by, count=Count("pk")):
            for figure in counts:
                if kind in figure.kinds:
                    results[group].setdefault(figure.name, 0)
                    results[group][figure.name] += row["count"]
    for figure in conversations:
        number = Count("conversation", distinct=True)
        rows = facts.filter(kind__in=figure.kinds).order_by()
        for row in (
            rows.values(*by).annotate(value=number) if by else [rows.aggregate(value=number)]
        ):
            if row["value"]:
                results[tuple(row[name] for name in by)][figure.name] = row["value"]
    if durations:
        timed = facts.filter(**{f"{column}__isnull": False})
        for group, kind, row in grouped(timed, durations, by, **aggregates(durations, column)):
            for figure in durations:
                if kind in figure.kinds:
                    results[group][figure.name] = row[figure.measure]
    return results


def aggregates(figures, column):
    possible = {
        Measure.MEDIAN: Percentile(column, fraction=0.5),
        Measure.P90: Percentile(column, fraction=0.9),
        Measure.MEAN: Avg(column),
    }
    return {each.value: possible[each] for each in {figure.measure for figure in figures}}


def grouped(facts, figures, by, **annotations):
    """Yield (group, kind, row) for the kinds that these figures need."""
    kinds = {kind for figure in figures for kind in figure.kinds}
    rows = facts.filter(kind__in=kinds).order_by().values(*by, "kind").annotate(**annotations)
    for row in rows:
        yield tuple(row[name] for name in by), row["kind"], row


def by_step(facts, period):
    """Add `step`: the day, or the Monday of the week, in the workspace's time zone."""
    unit = "week" if period.is_in_weeks else "day"
    return facts.annotate(step=Trunc("at", unit, output_field=DateField(), tzinfo=period.zone))


def arrivals(facts, period) -> list[list[int]]:
    """Return how many conversations began, by weekday (Monday first) and hour of the day."""
    table = [[0] * 24 for _weekday in range(7)]
    rows = (
        facts.filter(kind=Kind.NEW)
        .order_by()
        .annotate(
            weekday=ExtractIsoWeekDay("at", tzinfo=period.zone),
            hour=ExtractHour("at", tzinfo=period.zone),
        )
    )
    for row in rows.values("weekday", "hour").annotate(count=Count("pk")):
        table[row["weekday"] - 1][row["hour"]] = row["count"]
    return table
