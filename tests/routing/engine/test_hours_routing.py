"""Office hours, days off and opening hours: when they begin, the queue is assigned."""

from datetime import UTC, datetime, timedelta

import pytest

from teams.models import Membership, StatusChange
from teams.tasks import sweep_statuses
from tests.routing.engine.conftest import (
    assignee_name,
    assignees_of_new,
    candidate_statuses,
    change,
    connect,
    last_decision,
    names_emailed,
    sweep,
)

MONDAY = datetime(2027, 3, 1, tzinfo=UTC)


def on_mondays(begin, until):
    return {"week": [{"day": 0, "from": begin, "to": until}]}


@pytest.fixture
def bob_alone(acme):
    acme.inbox.members.exclude(membership=acme.bob).delete()
    return acme.bob


def test_office_hours_begin_and_end(acme, bob_alone, vera, clock):
    clock.set(MONDAY.replace(hour=8, minute=59, second=30))
    change(bob_alone, hours=on_mondays("09:00", "17:00"))
    connect(bob_alone)
    conversation = vera.writes().conversation
    sweep()
    assert (assignee_name(conversation), candidate_statuses(conversation)) == (
        None,
        {"Bob": "outside_office_hours"},
    )
    clock.advance(minutes=1)
    sweep_statuses()
    assert (assignee_name(conversation), last_decision(conversation).trigger) == (
        "Bob",
        "available",
    )
    clock.set(MONDAY.replace(hour=16, minute=59))
    assert assignees_of_new(acme.inbox, 1) == ["Bob"]
    clock.advance(minutes=2)
    assert assignees_of_new(acme.inbox, 1) == [None]
    sweep_statuses()
    assert StatusChange.objects.filter(membership=bob_alone).latest("created_at").status == (
        "outside_office_hours"
    )


def check_that_the_queue_waits_until(moment, clock, visitor, code):
    clock.set(moment - timedelta(minutes=1))
    connect(Membership.objects.get(user__name="Bob"))
    conversation = visitor.writes().conversation
    assert (assignee_name(conversation), candidate_statuses(conversation)) == (None, {"Bob": code})
    clock.advance(minutes=2)
    sweep_statuses()
    assert assignee_name(conversation) == "Bob"


def test_hours_are_those_of_the_agents_time_zone(bob_alone, vera, clock):
    """09:00 in New York is 14:00 UTC."""
    change(bob_alone, hours=on_mondays("09:00", "17:00"), time_zone="America/New_York")
    check_that_the_queue_waits_until(MONDAY.replace(hour=14), clock, vera, "outside_office_hours")


def test_on_a_holiday_of_the_workspace_it_waits_until_the_day_is_over(acme, bob_alone, vera, clock):
    acme.workspace.holidays = [{"first": "2027-03-01", "name": "Founders' day"}]
    acme.workspace.save()
    check_that_the_queue_waits_until(MONDAY.replace(day=2), clock, vera, "day_off")


def test_a_night_shift_lasts_past_midnight(acme, bob_alone, clock):
    change(bob_alone, hours=on_mondays("22:00", "06:00"))
    connect(bob_alone)
    seen = []
    for day, hour in ((1, 21), (1, 23), (2, 5), (2, 7), (2, 23)):
        clock.set(MONDAY.replace(day=day, hour=hour))
        seen += assignees_of_new(acme.inbox, 1)
    assert seen == [None, "Bob", "Bob", None, None]


def test_agents_who_work_on_holidays_get_conversations(acme, vera, clock):
    acme.workspace.holidays = [{"first": "2027-03-01"}]
    acme.workspace.save()
    change(acme.bea, hours={"on_holidays": True})
    acme.inbox.hours = {"on_holidays": True}
    acme.inbox.save()
    clock.set(MONDAY.replace(hour=12))
    connect(acme.bob, acme.bea)
    assert assignee_name(vera.writes().conversation) == "Bea"


def test_while_the_inbox_is_closed_it_waits_although_agents_are_online(acme, vera, clock):
    acme.inbox.hours = on_mondays("09:00", "17:00")
    acme.inbox.save()
    clock.set(MONDAY.replace(hour=8, minute=30))
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert candidate_statuses(conversation) == {"Bob": "inbox_closed", "Bea": "offline"}
    assert names_emailed() == ["bea", "bob"]
    clock.advance(minutes=31)
    sweep()
    assert assignee_name(conversation) == "Bob"


def test_a_broken_schedule_stops_no_conversation(acme, bob_alone, vera):
    change(bob_alone, hours={"week": [{"day": "Monday"}, 7], "off": "never"})
    connect(bob_alone)
    assert assignee_name(vera.writes().conversation) == "Bob"
