"""A figure of the period, compared with the previous period."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.figures import FIGURES, Figure
from reports.measuring import measure
from reports.table import Cell, cells_of

SHOWN = ["new", "resolved", "first_reply_median", "resolution_median", "satisfaction"]


@dataclass(frozen=True)
class Card:
    """before: the value in the previous period, or None if nothing is compared."""

    figure: Figure
    cell: Cell
    before: Cell | None

    @property
    def is_shown(self) -> bool:
        return not self.figure.is_optional or any(
            each and each.value is not None for each in (self.cell, self.before)
        )

    @property
    def change(self) -> int | None:
        """Return by how many percent it is more than before; of a share, by how many points."""
        if self.before is None or self.before.value is None or self.cell.value is None:
            return None
        if self.figure.is_share:
            return round(self.cell.value) - round(self.before.value)
        if not self.before.value:
            return None
        return round(100 * (self.cell.value - self.before.value) / self.before.value)

    @property
    def change_text(self):
        if not self.change:
            return _("no change") if self.change == 0 else ""
        change = f"{self.change:+d}".replace("-", "−")
        if not self.figure.is_share:
            return f"{change}%"
        points = ngettext("%(change)s point", "%(change)s points", abs(self.change))
        return points % {"change": change}

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
    found = [Card(FIGURES[name], cell, then) for name, cell, then in names]
    return [card for card in found if card.is_shown]


def totals(filters, period):
    return measure(filters.facts(period), SHOWN, column=filters.column).get((), {})
