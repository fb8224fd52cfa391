"""Computes figures from facts, with as few passes over them as possible.

A report of three months of a large workspace reads a million facts. They come from one index alone
(facts_of_workspace, or the other one where teams or labels are asked for), so no query here may ask
for another column.
"""

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.models import (
    Aggregate,
    Count,
    DateTimeField,
    FloatField,
    Func,
    IntegerField,
    Model,
    UUIDField,
)
from django.db.models import Value as V
from django.db.models.fields import DurationField

from reports.figures import FIGURES, Measure
from reports.models import Kind

SETTINGS = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"


@contextmanager
def large_queries():
    """Let PostgreSQL sort in memory, and compile nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        yield


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
    for group, row in grouped(facts, figures, column, by):
        add_row(results[group], row, figures)
    for figure in figures:
        if figure.measure == Measure.CONVERSATIONS:
            for group, value in count_conversations(figure.select(facts), by):
                results[group][figure.name] = value
    return {group: {**values, **shares(values)} for group, values in results.items()}


def shares(values):
    """Return the shares in percent, from their Share."""
    found = {name: each for name, each in values.items() if isinstance(each, Share)}
    return {name: 100 * each.part / each.total for name, each in found.items()}


class Share(NamedTuple):
    part: int = 0
    total: int = 0

    def plus(self, count, *, is_part):
        return Share(self.part + count * is_part, self.total + count)


def add_row(values, row, figures):
    for figure in figures:
        if row["kind"] not in figure.kinds:
            continue
        if figure.measure == Measure.COUNT:
            values[figure.name] = values.get(figure.name, 0) + row["count"]
        elif figure.is_share:
            share = values.get(figure.name, Share())
            values[figure.name] = share.plus(row["count"], is_part=row["kind"] in figure.part)
        elif figure.is_duration and row[figure.measure] is not None:
            values[figure.name] = row[figure.measure]


@dataclass(frozen=True)
class Split:
    """Groups facts by rows that belong to their `column`: a fact may have several, or none.

    field: of `model`, what `column` refers to. key: what groups are made of.
    """

    column: str
    model: type[Model]
    field: str
    key: str

    @property
    def join(self):
        table, field = self.model._meta.db_table, self.model._meta.get_field(self.field).column
        return f"JOIN {table} AS part ON part.{field} = by0 AND part.{self.group} IS NOT NULL"

    @property
    def group(self):
        return self.model._meta.get_field(self.key).column


class Labels(Func):
    """Groups facts by each label of their conversation."""

    function, set_returning = "unnest", True

    def __init__(self):
        super().__init__("label_ids", output_field=UUIDField())


PERCENTILES = {Measure.MEDIAN: 0.5, Measure.P90: 0.9}


def grouped(facts, figures, column, by):
    """Yield (group, {"kind", "count" and each measure of durations}) for each kind in a group.

    by: columns, or one Split or Labels. One pass collects the durations of each group in an array.
    PostgreSQL would sort all facts by group to compute percentiles, which takes longer than
    everything else.
    """
    timed = {kind for figure in figures if figure.is_duration for kind in figure.kinds}
    counts = (Measure.COUNT, Measure.SHARE)
    counted = {kind for figure in figures if figure.measure in counts for kind in figure.kinds}
    if not timed | counted:
        return
    split = by[0] if by and isinstance(by[0], Split) else None
    columns = [split.column] if split else by
    rows = facts.filter(kind__in=timed | counted).order_by().values_list(*columns, "kind", column)
    sql, params = rows.query.sql_with_params()
    names = [f"by{number}" for number in range(len(columns))]
    query = GROUPS.format(
        facts=sql,
        mean=MEAN if any(each.measure == Measure.MEAN for each in figures) else "NULL",
        durations=DURATIONS if timed else "NULL::int[]",
        sorted=SORTED if connection.pg_version >= HAS_ARRAY_SORT else SORTED_BY_QUERY,
        percentiles=", ".join(map(percentile, PERCENTILES.values())),
        columns=", ".join([*names, "kind", "duration"]),
        groups=", ".join([f"part.{split.group} AS by0"] if split else names) + "," * bool(names),
        keys=", ".join([*map(str, range(1, len(names) + 2))]),
        names=", ".join(names) + "," * bool(names),
        join=split.join if split else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [*([sorted(timed)] if timed else []), *params])
        for *group, kind, count, mean, median, p90 in cursor.fetchall():
            row = {"kind": kind, "count": count, Measure.MEAN: mean}
            yield tuple(group), row | {Measure.MEDIAN: median, Measure.P90: p90}


MEAN = "avg(duration)::float8"
DURATIONS = "array_agg(duration) FILTER (WHERE kind = ANY(%s) AND duration IS NOT NULL)"
HAS_ARRAY_SORT = 180000
SORTED = "array_sort(durations)"
# The same in versions before, four times as slow.
SORTED_BY_QUERY = "(SELECT array_agg(each ORDER BY each) FROM unnest(durations) AS each)"
# OFFSET 0 has PostgreSQL sort once, not wherever the sorted array is used.
GROUPS = """
SELECT {names} kind, count, mean, {percentiles}
FROM (
    SELECT {names} kind, count, mean, {sorted} AS durations
    FROM (
        SELECT {groups} kind, count(*) AS count, {mean} AS mean, {durations} AS durations
        FROM ({facts}) AS fact ({columns}) {join} GROUP BY {keys}
    ) AS grouped
    OFFSET 0
) AS ordered
"""


def percentile(fraction) -> str:
    """Return the SQL that reads it from the sorted durations, as percentile_cont interpolates."""
    position = f"({fraction}::float8 * (cardinality(durations) - 1))"
    low, high = (f"durations[{each}({position})::int + 1]" for each in ("floor", "ceil"))
    return f"{low} + ({position} - floor({position})) * ({high} - {low})"


def count_conversations(facts, by):
    """Yield (group, number of conversations). A hash of them is quicker than COUNT(DISTINCT)."""
    pairs = facts.order_by().values_list(*by, "conversation").distinct()
    sql, params = pairs.query.sql_with_params()
    names = [f"by{number}" for number in range(len(by))]
    groups = f"GROUP BY {', '.join(names)}" if by else ""
    columns = ", ".join([*names, "conversation"])
    selected = ", ".join([*names, "count(*)"])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {selected} FROM ({sql}) AS pairs ({columns}) {groups}", params)
        for *group, value in cursor.fetchall():
            if value:
                yield tuple(group), value


def by_step(facts, period):
    """Add `step`: the number of the day, or of the week, counted from 1.

    It compares with the beginnings of the days, which are already in the time zone. That is faster
    than converting each time, and correct on days when the clock changes.
    """
    begins = V(period.step_begins, ArrayField(DateTimeField()))
    return facts.annotate(
        step=Func("at", begins, function="width_bucket", output_field=IntegerField())
    )


QUARTER = timedelta(minutes=15)  # offsets of time zones are multiples of it


def arrivals(facts, period) -> list[list[int]]:
    """Return how many conversations began, by weekday (Monday first) and hour of the day."""
    table = [[0] * 24 for _weekday in range(7)]
    start = V(QUARTER, DurationField()), "at", V(datetime(2000, 1, 1, tzinfo=UTC), DateTimeField())
    quarter = Func(*start, function="date_bin", output_field=DateTimeField())
    rows = facts.filter(kind=Kind.NEW).order_by().annotate(quarter=quarter).values("quarter")
    for row in rows.annotate(count=Count("*")):
        local = row["quarter"].astimezone(period.zone)
        table[local.weekday()][local.hour] += row["count"]
    return table
