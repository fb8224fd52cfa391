"""Figures of each day of a period, or of each week of a long one."""

from reports.figures import FIGURES
from reports.measuring import by_step, measure


class Steps:
    """The values of figures at each step of the filters' period, or of a different `period`."""

    def __init__(self, filters, names, period=None):
        self.period = period or filters.period
        facts = by_step(filters.facts(self.period), self.period)
        self.values = measure(facts, names, column=filters.column, by=("step",))

    def of(self, number) -> dict:
        """Return the values of a step, counted from 0."""
        return self.values.get((number + 1,), {})

    def series(self, name) -> list:
        """Return the values of all steps: gaps for no duration, 0 for no event."""
        nothing = 0 if FIGURES[name].unit == "count" else None
        return [self.of(number).get(name, nothing) for number in range(len(self.period.steps))]
