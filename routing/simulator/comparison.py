"""What the simulator's page shows: what happened, the current settings and a copy of them, side by
side in sentences and bars."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from messagehub.lib.durations import NOTHING, format_duration
from routing.simulator import Rules, simulate
from routing.simulator.figures import Figures, actual_outcomes, differences, figures_of
from routing.simulator.replay import Past

MOST_DIFFERENCES = 25


@dataclass
class Column:
    """The actual outcome, or a simulated one.

    spread: the difference between the targets who had the most and the fewest.
    """

    title: str
    outcomes: list
    figures: Figures
    spread: int | None
    timeouts_known: bool = True


@dataclass
class Bar:
    """One member in one column. width: in percent of the longest bar."""

    count: int
    width: float


class Comparison:
    """now: the current rules; copy: the rules to try, or None while nothing is changed."""

    def __init__(self, past: Past, now: Rules, copy: Rules | None = None):
        self.past, self.now, self.copy = past, now, copy
        actual = actual_outcomes(past.history)
        self.columns = [self.column(_("Actual"), actual, now, timeouts_known=False)]
        self.columns.append(self.column(_("Current settings"), simulate(past.history, now), now))
        if copy is not None:
            self.columns.append(
                self.column(_("Trial settings"), simulate(past.history, copy), copy)
            )
        self.differences = differences(actual, self.columns[-1].outcomes)
        self.modelled = differences(actual, self.columns[1].outcomes)

    def column(self, title, outcomes, rules, **known):
        figures = figures_of(outcomes, self.past.history.ends_at)
        return Column(title, outcomes, figures, figures.spread(rules.pool), **known)

    @property
    def count(self):
        return len(self.past.history.arrivals)

    @property
    def agrees(self):
        """How many went to the same member when replayed by the current settings."""
        return self.count - len(self.modelled)

    @property
    def agrees_percent(self):
        return percent(self.agrees, self.count)

    @property
    def rows(self):
        """Rows of {label, cells: [(text, share of all, if any)], is_part: of the row above}."""
        return [
            row(
                _("Assigned at once"),
                [part(each.figures.at_once, self.count) for each in self.columns],
            ),
            row(
                _("Waited for an agent"),
                [part(each.figures.waits.count, self.count) for each in self.columns],
            ),
            *self.time_rows(lambda figures: figures.waits),
            row(
                _("Resolved or snoozed while waiting"),
                [(each.figures.closed_waiting, "") for each in self.columns],
            ),
            row(
                _("Still waiting at the end"),
                [(each.figures.still_waiting, "") for each in self.columns],
            ),
            row(
                _("Assigned to an agent who was not available"),
                [part(each.figures.unavailable, self.count) for each in self.columns],
            ),
            row(
                _("Reassigned, not answered in time"),
                [timeouts(each) for each in self.columns],
            ),
            row(
                _("First answer, estimated: median"),
                [(format_duration(each.figures.answers.median), "") for each in self.columns],
            ),
            row(
                _("First answer, estimated: nine of ten within"),
                [(format_duration(each.figures.answers.ninety), "") for each in self.columns],
            ),
            row(
                _("Difference between most and fewest"),
                [(NOTHING if each.spread is None else each.spread, "") for each in self.columns],
            ),
        ]

    def time_rows(self, times):
        names = [("median", _("median"))]
        names += [("ninety", _("nine of ten within")), ("longest", _("the longest"))]
        for name, label in names:
            values = [getattr(times(each.figures), name) for each in self.columns]
            cells = [(format_duration(value), "") for value in values]
            yield row(label, cells, is_part=True)

    @property
    def members(self):
        """(name, is asked, [Bar]) of those who are asked or had any; who had most comes first."""
        pool = set((self.copy or self.now).pool)
        names = {each.id: each.name for each in self.past.history.members}
        assigned = [each.figures.assigned for each in self.columns]
        most = max((count for counts in assigned for count in counts.values()), default=0)
        shown = [pk for pk in names if pk in pool or any(counts[pk] for counts in assigned)]
        shown.sort(key=lambda pk: (-assigned[-1][pk], names[pk].lower(), pk))
        return [
            (
                names[pk],
                pk in pool,
                [Bar(counts[pk], share(counts[pk], most)) for counts in assigned],
            )
            for pk in shown
        ]

    @property
    def changes(self):
        """Return the latest conversations that would have gone to a different agent, formatted."""
        names = {each.id: each.name for each in self.past.history.members}
        latest = sorted(self.differences, key=lambda pair: -pair[0].arrival.at)
        for actual, replayed in latest[:MOST_DIFFERENCES]:
            at = replayed.assigned_at
            wait = None if at is None else at - replayed.arrival.at
            yield {
                "number": actual.arrival.number,
                "at": datetime.fromtimestamp(actual.arrival.at, UTC),
                "actual": names.get(actual.assignee, ""),
                "would": names.get(replayed.assignee, ""),
                "was_available": replayed.was_available,
                "wait": format_duration(wait) if wait is None or wait >= 1 else _("at once"),
            }

    @property
    def more_changes(self):
        return max(0, len(self.differences) - MOST_DIFFERENCES)


def row(label, cells, *, is_part=False):
    return {"label": label, "cells": cells, "is_part": is_part}


def timeouts(column):
    return column.figures.timeouts if column.timeouts_known else NOTHING, ""


def part(count, total):
    return count, f"{percent(count, total)}%"


def percent(count, total):
    return round(100 * count / total) if total else 0


def share(count, most):
    return round(100 * count / most, 1) if most else 0
