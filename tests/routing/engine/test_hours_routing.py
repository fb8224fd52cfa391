"""Office hours, days off and opening hours: when they begin, what waits is given out."""

from datetime import UTC, datetime

import pytest

from teams.models import StateChange
from teams.tasks import sweep_states
from tests.conftest import COMMITS
from tests.routing.engine.conftest import (
    change,
    codes,
    connect,
    has,
    mailed,
    sweep,
    why,
)

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)


def weekly(day, begin, until):
    return {"week": [{"day": day, "from": begin, "to": until}]}


@pytest.fixture
def bob_only(acme):
    acme.inbox.members.exclude(membership=acme.bob).delete()
    return acme.bob


@COMMITS
def test_office_hours_begin_and_end(acme, bob_only, vera, new_visitor, clock):
    clock.set(MONDAY.replace(hour=8, minute=59, second=30))
    change(acme.bob, hours=weekly(0, "09:00", "17:00"))
    connect(acme.bob)
    conversation = vera.writes().conversation
    sweep()
    assert (has(conversation), codes(conversation)) == (None, {"Bob": "outside_hours"})
    clock.advance(minutes=1)
    sweep_states()
    assert has(conversation) == "Bob"
    assert why(conversation).trigger == "available"
    clock.set(MONDAY.replace(hour=16, minute=59))
    assert has(new_visitor(acme.inbox).writes().conversation) == "Bob"
    clock.advance(minutes=2)
    assert has(new_visitor(acme.inbox).writes().conversation) is None
    sweep_states()
    assert StateChange.objects.filter(membership=acme.bob).order_by("-created_at")[0].code == (
        "outside_hours"
    )


@COMMITS
def test_hours_are_on_the_clock_of_the_persons_wall(acme, bob_only, vera, clock):
    """09:00 in New York is 14:00 UTC."""
    clock.set(MONDAY.replace(hour=13, minute=59))
    change(acme.bob, hours=weekly(0, "09:00", "17:00"), time_zone="America/New_York")
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert has(conversation) is None
    clock.advance(minutes=2)
    sweep()
    assert has(conversation) == "Bob"


@COMMITS
def test_a_night_shift_goes_over_midnight(acme, bob_only, clock, new_visitor):
    change(acme.bob, hours=weekly(0, "22:00", "06:00"))
    connect(acme.bob)
    seen = []
    for day, hour in ((1, 21), (1, 23), (2, 5), (2, 7), (2, 23)):
        clock.set(MONDAY.replace(day=day, hour=hour))
        seen.append(has(new_visitor(acme.inbox).writes().conversation))
    assert seen == [None, "Bob", "Bob", None, None]


@COMMITS
def test_on_a_holiday_of_the_workspace_it_waits_until_the_day_is_over(acme, bob_only, vera, clock):
    acme.workspace.holidays = [{"first": "2027-03-01", "name": "Founders' day"}]
    acme.workspace.save()
    clock.set(MONDAY.replace(hour=23, minute=59))
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert (has(conversation), codes(conversation)) == (None, {"Bob": "day_off"})
    clock.advance(minutes=2)
    sweep_states()
    assert has(conversation) == "Bob"


def test_who_works_on_holidays_gets_chats(acme, vera, clock):
    acme.workspace.holidays = [{"first": "2027-03-01"}]
    acme.workspace.save()
    change(acme.bea, hours={"on_holidays": True})
    acme.inbox.hours = {"on_holidays": True}
    acme.inbox.save()
    clock.set(MONDAY.replace(hour=12))
    connect(acme.bob, acme.bea)
    assert has(vera.writes().conversation) == "Bea"


@COMMITS
def test_while_the_inbox_is_closed_it_waits_although_people_are_there(acme, vera, clock):
    acme.inbox.hours = weekly(0, "09:00", "17:00")
    acme.inbox.save()
    clock.set(MONDAY.replace(hour=8, minute=30))
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert codes(conversation) == {"Bob": "inbox_closed", "Bea": "offline"}
    assert mailed() == ["bea", "bob"]
    clock.advance(minutes=31)
    sweep()
    assert has(conversation) == "Bob"


@COMMITS
def test_a_broken_schedule_stops_no_chat(acme, bob_only, vera):
    change(acme.bob, hours={"week": [{"day": "Monday"}, 7], "off": "never"})
    connect(acme.bob)
    assert has(vera.writes().conversation) == "Bob"
