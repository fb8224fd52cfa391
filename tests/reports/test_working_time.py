"""Time available comes from the status history, office hours from the member's schedule."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.periods import Period
from reports.working_time import working_times
from teams.models import Membership, StatusChange

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 3600
WEEK = {"week": [{"day": 6, "from": "00:00", "to": "12:00"}]}


@pytest.fixture
def bob(acme):
    StatusChange.objects.all().delete()
    Membership.objects.filter(pk=acme.bob.pk).update(hours=WEEK, time_zone="Europe/Berlin")
    return Membership.objects.with_related().get(pk=acme.bob.pk)


def changed(member, *changes):
    for text, status in changes:
        StatusChange.objects.create(
            workspace_id=member.workspace_id,
            membership=member,
            status=status,
            created_at=local(text),
        )


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def sunday(member, now="2026-04-02 12:00"):
    """Return both durations on Sunday 29 March, a day of 23 hours."""
    query = {"period": "custom", "from": "2026-03-29", "to": "2026-03-29"}
    period = Period.from_query(query, zone=BERLIN, now=local(now))
    members = Membership.objects.filter(pk=member.pk).with_related()
    return working_times(members, period)[member.pk]


def test_available_and_at_capacity_count_and_the_skipped_hour_does_not(bob):
    changed(
        bob,
        ("2026-03-29 01:00", "available"),
        ("2026-03-29 04:00", "at_capacity"),
        ("2026-03-29 05:00", "away"),
        ("2026-03-29 06:00", "offline"),
        ("2026-03-29 09:00", "available"),
        ("2026-03-29 09:30", "outside_office_hours"),
    )
    assert sunday(bob) == (3.5 * HOUR, 11 * HOUR)


def test_a_status_reaches_into_the_period_and_out_of_it(bob):
    changed(bob, ("2026-03-27 08:00", "available"), ("2026-03-30 08:00", "offline"))
    assert sunday(bob)[0] == 23 * HOUR


def test_the_future_does_not_count(bob):
    changed(bob, ("2026-03-28 08:00", "available"))
    assert sunday(bob, now="2026-03-29 06:00") == (5 * HOUR, 5 * HOUR)
    assert sunday(bob, now="2026-03-29 00:00:01") == (1, 1)


def test_without_a_schedule_there_are_no_office_hours(acme, bob):
    Membership.objects.filter(pk=bob.pk).update(hours={})
    assert sunday(bob) == (0, None)


def test_days_off_are_no_office_hours(acme, bob):
    off = [{"first": "2026-03-29", "last": "2026-03-29", "name": "Off"}]
    Membership.objects.filter(pk=bob.pk).update(hours=WEEK | {"off": off})
    assert sunday(bob) == (0, 0)


def test_a_period_to_come_has_nothing(bob):
    query = {"period": "custom", "from": "2026-03-29", "to": "2026-03-29"}
    now = local("2026-03-29 00:00") - timedelta(days=3)
    period = Period.from_query(query, zone=BERLIN, now=now)
    assert working_times(Membership.objects.filter(pk=bob.pk), period) == {}
