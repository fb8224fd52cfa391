"""When the demo's people were there: their days stand in past.json, chance moves them a little."""

from datetime import datetime, time
from random import Random

from routing.policy import AVAILABLE
from routing.simulator import Person
from routing.simulator.history import OFFLINE

MINUTE = 60


def person_of(membership, habits, dates, *, also, until) -> Person:
    """With the states they had. also: [(from, until)] in which they were there whatever the day;
    until: they had gone by then. The same for the same dates.
    """
    chance, zone = Random(habits["email"]), membership.workspace.zone
    stretches = []
    for number, date in enumerate(dates):
        if number not in habits["missing"]:
            stretches += day_of(Day(date, zone, chance), habits)
    stretches += [(begin, end, AVAILABLE) for begin, end in also]
    return Person(membership.pk, membership.name, states=states_of(stretches, until))


class Day:
    def __init__(self, date, zone, chance):
        self.date, self.zone, self.chance = date, zone, chance

    def about(self, clock, minutes=10):
        """A moment around that time of this day."""
        at = datetime.combine(self.date, time.fromisoformat(clock), self.zone).timestamp()
        return at + self.chance.uniform(-minutes, minutes) * MINUTE


def day_of(day, habits):
    """[(from, until, code)]; a later one counts more."""
    yield day.about(habits["comes"]), day.about(habits["goes"], 20), AVAILABLE
    yield day.about(habits["lunch"]), day.about(habits["back"]), "away"
    if day.chance.random() < 0.4:
        coffee = day.about("15:20", 40)
        yield coffee, coffee + day.chance.uniform(8, 17) * MINUTE, "away"


def states_of(stretches, until):
    """((moment, code), ...): only where something changes."""
    moments = {min(at, until) for begin, end, _code in stretches for at in (begin, end)}
    states, was = [], OFFLINE
    for at in sorted(moments):
        code = OFFLINE if at >= until else code_at(stretches, at)
        if code != was:
            states.append((at, code))
        was = code
    return tuple(states)


def code_at(stretches, moment):
    found = (code for begin, end, code in reversed(stretches) if begin <= moment < end)
    return next(found, OFFLINE)
