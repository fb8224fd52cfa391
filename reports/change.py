"""A figure of the period beside the one of the period before."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.figures import FIGURES, Figure
from reports.measuring import measure
from reports.table import Cell, cells_of

SHOWN = ["new", "resolved", "first_reply_median", "resolution_median"]


@dataclass(frozen=True)
class Card:
    """before: the same in the period before, or None if nothing is compared."""

    figure: Figure
    cell: Cell
    before: Cell | None

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
        return f"{self.change:+d}%".replace("-", "−")

    @property
    def is_better(self) -> bool | None:
        if not self.change or self.figure.is_good is None:
            return None
        return (self.change > 0) == self.figure.is_good


def cards(filters) -> list[Card]:
    now = cells_of(filters, SHOWN, totals(filters, filters.period))
    if filters.compares:
        before = cells_of(filters, SHOWN, totals(filters, filters.period.before()))
    else:
        before = [None] * len(SHOWN)
    names = zip(SHOWN, now, before, strict=True)
    return [Card(FIGURES[name], cell, then) for name, cell, then in names]


def totals(filters, period):
    return measure(filters.facts(period), SHOWN, column=filters.column).get((), {})
