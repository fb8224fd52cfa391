"""A figure of the period beside the one of the period before."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.charts import sparkline
from reports.figures import FIGURES, Figure
from reports.measuring import by_step, measure
from reports.table import Cell, cells_of

SHOWN = ["new", "resolved", "first_reply_median", "resolution_median"]


@dataclass(frozen=True)
class Card:
    """steps: its value on each day; steps_before: the same of the period before, or None."""

    figure: Figure
    cell: Cell
    before: Cell | None
    steps: list
    steps_before: list | None

    @property
    def sparkline(self):
        return sparkline(self.steps) if len(self.steps) > 1 else ""

    @property
    def change(self) -> int | None:
        """Return by how many percent it is more than before."""
        if self.before is None or not self.before.value or self.cell.value is None:
            return None
        return round(100 * (self.cell.value - self.before.value) / self.before.value)

    @property
    def change_text(self):
        if not self.change:
            return _("no change") if self.change == 0 else ""
        return f"{self.change:+d} %".replace("-", "−")

    @property
    def is_better(self) -> bool | None:
        if not self.change or self.figure.is_good is None:
            return None
        return (self.change > 0) == self.figure.is_good


def cards(filters) -> list[Card]:
    period, before = filters.period, filters.period.before()
    now = values_of(filters, period)
    past = values_of(filters, before) if filters.compares else None
    found = []
    for name in SHOWN:
        [cell] = cells_of(filters, [name], now[0])
        [then] = cells_of(filters, [name], past[0]) if past else [None]
        found.append(
            Card(
                FIGURES[name],
                cell,
                then,
                step_values(name, now[1], period),
                step_values(name, past[1], before) if past else None,
            )
        )
    return found


def values_of(filters, period):
    """Return (the values of the whole period, {(step,): values})."""
    facts = filters.facts(period)
    whole = measure(facts, SHOWN, column=filters.column).get((), {})
    steps = measure(by_step(facts, period), SHOWN, column=filters.column, by=("step",))
    return whole, steps


def step_values(name, steps, period):
    """Days without a duration are gaps, days without an event are 0."""
    nothing = None if FIGURES[name].is_duration else 0
    return [steps.get((step,), {}).get(name, nothing) for step in period.steps]
