"""What the simulator's page shows: what happened, the settings as they are and a copy, side by
side in words and bars."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from routing.simulator.replay import Past
from routing.simulator import Rules, simulate
from routing.simulator.figures import Figures, differences, figures_of, really

MOST_DIFFERENCES = 25
NOTHING = "–"


@dataclass
class Column:
    """One way in which it went, or would have gone. spread: between most and fewest."""

    title: str
    outcomes: list
    figures: Figures
    spread: int | None
    passes_known: bool = True


@dataclass
class Bar:
    """One person in one column. width: of the longest bar, in percent."""

    count: int
    width: float


class Comparison:
    """now: the rules as they are; copy: the rules to try, or None while nothing is changed."""

    def __init__(self, past: Past, now: Rules, copy: Rules | None = None):
        self.past, self.now, self.copy = past, now, copy
        did = really(past.history)
        self.columns = [self.column(_("Actual"), did, now, passes_known=False)]
        self.columns.append(self.column(_("Current settings"), simulate(past.history, now), now))
        if copy is not None:
            self.columns.append(self.column(_("Trial settings"), simulate(past.history, copy), copy))
        self.differences = differences(did, self.columns[-1].outcomes)
        self.modelled = differences(did, self.columns[1].outcomes)

    def column(self, title, outcomes, rules, **known):
        figures = figures_of(outcomes, self.past.history.ends)
        return Column(title, outcomes, figures, figures.spread(rules.pool), **known)

    @property
    def count(self):
        return len(self.past.history.arrivals)

    @property
    def agrees(self):
        """How many went to the same person, replayed by the settings as they are."""
        return self.count - len(self.modelled)

    @property
    def agrees_percent(self):
        return percent(self.agrees, self.count)

    @property
    def rows(self):
        """[{label, cells: [(text, share of all or nothing)], is_part: of the row above}]."""
        return [
            row(
                _("Went to somebody at once"),
                [part(each.figures.at_once, self.count) for each in self.columns],
            ),
            row(
                _("Waited for somebody"),
                [part(each.figures.waits.count, self.count) for each in self.columns],
            ),
            *self.time_rows(lambda figures: figures.waits),
            row(
                _("Resolved or snoozed while it waited"),
                [(each.figures.closed_waiting, "") for each in self.columns],
            ),
            row(
                _("Still waiting at the end"),
                [(each.figures.still_waiting, "") for each in self.columns],
            ),
            row(
                _("Given to somebody who was not there"),
                [part(each.figures.not_there, self.count) for each in self.columns],
            ),
            row(_("Passed on, not answered in time"), [passes(each) for each in self.columns]),
            row(
                _("First answer, estimated: median"),
                [(duration(each.figures.answers.median), "") for each in self.columns],
            ),
            row(
                _("First answer, estimated: nine of ten within"),
                [(duration(each.figures.answers.ninety), "") for each in self.columns],
            ),
            row(
                _("Between most and fewest of those asked"),
                [(NOTHING if each.spread is None else each.spread, "") for each in self.columns],
            ),
        ]

    def time_rows(self, times):
        names = [("median", _("median"))]
        names += [("ninety", _("nine of ten within")), ("longest", _("the longest"))]
        for name, label in names:
            cells = [(duration(getattr(times(each.figures), name)), "") for each in self.columns]
            yield row(label, cells, is_part=True)

    @property
    def people(self):
        """[(name, is asked, [Bar])]: whoever is asked, or had any; those who had most first."""
        pool = set((self.copy or self.now).pool)
        names = {each.id: each.name for each in self.past.history.people}
        had = [each.figures.had for each in self.columns]
        most = max((count for counts in had for count in counts.values()), default=0)
        shown = [pk for pk in names if pk in pool or any(counts[pk] for counts in had)]
        shown.sort(key=lambda pk: (-had[-1][pk], names[pk].lower(), pk))
        return [
            (names[pk], pk in pool, [Bar(counts[pk], share(counts[pk], most)) for counts in had])
            for pk in shown
        ]

    @property
    def changes(self):
        """The latest of what would have gone to somebody else, in words."""
        names = {each.id: each.name for each in self.past.history.people}
        latest = sorted(self.differences, key=lambda pair: -pair[0].arrival.at)
        for did, would in latest[:MOST_DIFFERENCES]:
            wait = None if would.given_at is None else would.given_at - would.arrival.at
            yield {
                "number": did.arrival.number,
                "at": datetime.fromtimestamp(did.arrival.at, UTC),
                "had": names.get(did.person, ""),
                "would": names.get(would.person, ""),
                "was_there": would.was_there,
                "wait": duration(wait) if wait is None or wait >= 1 else _("at once"),
            }

    @property
    def more_changes(self):
        return max(0, len(self.differences) - MOST_DIFFERENCES)


def row(label, cells, *, is_part=False):
    return {"label": label, "cells": cells, "is_part": is_part}


def passes(column):
    return column.figures.passed_on if column.passes_known else NOTHING, ""


def part(count, of):
    return count, f"{percent(count, of)} %"


def percent(count, of):
    return round(100 * count / of) if of else 0


def share(count, most):
    return round(100 * count / most, 1) if most else 0


def duration(seconds) -> str:
    """«12 s», «4 min», «1 h 12 min», «2 d 3 h»."""
    if seconds is None:
        return NOTHING
    seconds = round(seconds)
    if seconds < 60:
        return _("%(seconds)d s") % {"seconds": seconds}
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    if minutes < 24 * 60:
        return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}
    hours = round(minutes / 60)
    return _("%(days)d d %(hours)d h") % {"days": hours // 24, "hours": hours % 24}
