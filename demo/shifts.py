"""When the demo's agents were online: the habits in past.json, with a little randomness."""

from datetime import datetime, time
from random import Random

from routing.rules import AVAILABLE
from routing.simulator import Member
from routing.simulator.history import OFFLINE

MINUTE = 60


def make_member(membership, habits, dates, *, also, until) -> Member:
    """Make the member with the states they had, always the same for the same dates.

    also: [(from, until)] when they were available in any case; until: they had gone by then.
    """
    random, zone = Random(habits["email"]), membership.workspace.zone
    stretches = []
    for number, date in enumerate(dates):
        if number not in habits["missing"]:
            stretches += day_of(Day(date, zone, random), habits)
    stretches += [(begin, end, AVAILABLE) for begin, end in also]
    return Member(membership.pk, membership.name, states=states_of(stretches, until))


class Day:
    def __init__(self, date, zone, random):
        self.date, self.zone, self.random = date, zone, random

    def about(self, clock, minutes=10):
        """Return a moment around that time of this day."""
        at = datetime.combine(self.date, time.fromisoformat(clock), self.zone).timestamp()
        return at + self.random.uniform(-minutes, minutes) * MINUTE


def day_of(day, habits):
    """Yield (from, until, state). A later one overrides earlier ones."""
    yield day.about(habits["comes"]), day.about(habits["goes"], 20), AVAILABLE
    yield day.about(habits["lunch"]), day.about(habits["back"]), "away"
    if day.random.random() < 0.4:
        coffee = day.about("15:20", 40)
        yield coffee, coffee + day.random.uniform(8, 17) * MINUTE, "away"


def states_of(stretches, until):
    """Return ((moment, state), ...), one for each change."""
    moments = {min(at, until) for begin, end, _state in stretches for at in (begin, end)}
    states, previous = [], OFFLINE
    for at in sorted(moments):
        state = OFFLINE if at >= until else state_at(stretches, at)
        if state != previous:
            states.append((at, state))
        previous = state
    return tuple(states)


def state_at(stretches, moment):
    found = (state for begin, end, state in reversed(stretches) if begin <= moment < end)
    return next(found, OFFLINE)
