"""Away for other members, the two switches, and the status history."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.assignment import assign_conversation
from teams.actions.availability import set_available, set_away
from teams.actions.membership import add_member
from teams.actions.status import publish_status_changes
from teams.availability import with_availability
from teams.models import AuditEntry, Membership, StatusChange
from teams.status_history import load_history
from teams.templatetags.status_history import duration
from tests.conftest import make_user

JSON = {"Accept": "application/json"}


def reload(membership):
    return Membership.objects.with_related().get(pk=membership.pk)


# --- My own switches ---


def test_switch_returns_the_new_status(acme, vera, online, sign_in):
    online(acme.bob)
    assign_conversation(vera.writes().conversation, assignee=acme.bob)
    client = sign_in(acme.bob)
    away = client.post("/w/acme/availability/away/", headers=JSON).json()
    assert (away["membership"], away["state"], away["open"]) == (str(acme.bob.pk), "away", 1)
    assert away["sentence"].startswith("Away since ")
    back = client.post("/w/acme/availability/available/", headers=JSON).json()
    assert (back["state"], back["sentence"]) == ("available", "Available")


def test_reassign_replies_switch(acme, sign_in):
    client = sign_in(acme.bob)
    for path, on in (("reassigning", True), ("reassigning", True), ("keeping", False)):
        assert client.post(f"/w/acme/availability/{path}/", headers=JSON).status_code == 200
        assert reload(acme.bob).reassign_replies is on


def test_switch_redirects_without_scripts(acme, sign_in):
    client = sign_in(acme.bob)
    assert client.post("/w/acme/availability/away/")["Location"] == "/w/acme/"
    page = client.get("/w/acme/conversations/").content.decode()
    assert 'role="switch" aria-checked="true"' in " ".join(page.split())
    assert "Hand over conversations" in page


def test_menu_shows_the_current_status(acme, sign_in):
    client = sign_in(acme.bob)
    assert '<small class="sentence"' in client.get("/w/acme/conversations/").content.decode()
    set_away(acme.bob, by=acme.alice)
    page = client.get("/w/acme/conversations/").content.decode()
    assert "set by Alice" in page
    assert 'data-presence="away"' in page


# --- Away for other members ---


def test_member_is_notified_when_an_administrator_changes_away(acme, live_events):
    with live_events.committed():
        assert set_away(acme.bob, by=acme.alice) is True
        assert reload(acme.bob).away_by == acme.alice
        assert set_away(acme.bob, by=acme.alice) is False
        assert set_available(acme.bob, by=acme.alice) is True
    assert reload(acme.bob).away_at is None
    assert live_events.on(acme.bob.live_channel) == [
        ("notice", {"message": "Alice set you to Away."}),
        ("notice", {"message": "Alice ended your Away status."}),
    ]


def test_setting_yourself_away_sends_no_notice(acme, live_events):
    with live_events.committed():
        set_away(acme.alice, by=acme.alice)
    assert live_events.on(f"workspace:{acme.workspace.pk}")
    assert live_events.on(acme.alice.live_channel) == []
    assert reload(acme.alice).away_by is None


def test_changing_away_of_others_is_audited(acme):
    set_away(acme.bob, by=acme.alice)
    set_available(acme.bob, by=acme.alice)
    actions = AuditEntry.objects.filter(target="Bob").order_by("created_at")
    assert [(each.action, each.by) for each in actions.exclude(action="member.invited")] == [
        ("member.set_away", acme.alice),
        ("member.set_available", acme.alice),
    ]


def test_list_loads_the_names_of_administrators_in_one_query(acme):
    ben = add_member(acme.workspace, user=make_user("Ben", "acme"))
    for each in (acme.bob, acme.bea, ben):
        set_away(each, by=acme.alice)
    people = Membership.objects.with_related().filter(pk__in=[acme.bob.pk, acme.bea.pk, ben.pk])
    with CaptureQueriesContext(connection) as of_one:
        with_availability(people.filter(pk=ben.pk))
    with CaptureQueriesContext(connection) as of_all:
        found = with_availability(people)
    assert ["set by Alice" in each.sentence for each in found] == [True] * 3
    assert len(of_all) == len(of_one)


def test_member_can_end_away_set_by_an_administrator(acme):
    set_away(acme.bob, by=acme.alice)
    set_available(acme.bob)
    bob = reload(acme.bob)
    assert (bob.away_at, bob.away_by) == (None, None)


def test_administrator_changes_away_on_the_members_page(acme, sign_in):
    url, alice = f"/w/acme/team/members/{acme.bob.pk}/", sign_in(acme.alice)
    page = alice.post(f"{url}away/", follow=True).content.decode()
    assert "Bob is now away." in page
    assert "Away, set by Alice" in page
    assert '<rect data-state="away"' in page
    page = alice.post(f"{url}available/", follow=True).content.decode()
    assert "Bob is no longer away." in page
    assert reload(acme.bob).away_at is None


# --- The history ---

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)  # a Tuesday, 18:00 in Berlin
TODAY, MONDAY = date(2026, 11, 24), date(2026, 11, 23)


def record(membership, status, at, by=None):
    StatusChange.objects.create(
        workspace=membership.workspace, membership=membership, status=status, created_at=at, by=by
    )


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def bob_in_berlin(acme):
    acme.bob.time_zone = "Europe/Berlin"
    return acme.bob


def test_day_lists_its_changes_latest_first(acme, bob_in_berlin):
    record(bob_in_berlin, "available", at(8))
    record(bob_in_berlin, "away", at(11, 10), by=acme.alice)
    record(bob_in_berlin, "offline", at(12))
    (day,) = load_history(bob_in_berlin, now=NOW)
    assert day.date == TODAY
    assert [(each.label, duration(each.duration)) for each in day.changes] == [
        ("No page open", "5 h"),
        ("Away, set by Alice", "50 min"),
        ("Available", "3 h 10 min"),
    ]
    assert [each.is_now for each in day.changes] == [True, False, False]
    assert day.available_duration == timedelta(hours=3, minutes=10)


def test_day_begins_at_local_midnight(bob_in_berlin):
    record(bob_in_berlin, "available", at(22, 30, day=23))  # 23:30 on Monday in Berlin
    record(bob_in_berlin, "offline", at(23, 30, day=23))  # 00:30 on Tuesday
    today, monday = load_history(bob_in_berlin, now=NOW)
    assert [each.label for each in today.changes] == ["No page open"]
    assert [each.label for each in monday.changes] == ["Available"]
    half_an_hour = timedelta(minutes=30)
    assert (today.available_duration, monday.available_duration) == (half_an_hour, half_an_hour)


def test_long_period_is_on_the_bar_of_each_day(bob_in_berlin):
    record(bob_in_berlin, "away", at(8, day=20))
    days = load_history(bob_in_berlin, now=NOW)
    assert [day.date.day for day in days] == [24, 23, 22, 21, 20]
    assert [len(day.changes) for day in days] == [0, 0, 0, 0, 1]
    assert [state for state, _at, _width in days[1].bar_segments] == ["away"]
    assert days[1].bar_segments == [("away", 0.0, 100.0)]
    _state, begin, width = days[0].bar_segments[0]
    assert (begin, width) == (0.0, 75.0)  # until now: 18:00


def test_status_before_the_window_is_included(bob_in_berlin):
    record(bob_in_berlin, "away", at(8, day=1))
    days = load_history(bob_in_berlin, days=2, now=NOW)
    assert [day.bar_segments[0][0] for day in days] == ["away", "away"]
    assert [day.changes for day in days] == [[], []]


def test_day_of_a_clock_change_is_complete(bob_in_berlin):
    record(bob_in_berlin, "available", datetime(2026, 10, 23, 22, tzinfo=UTC))
    days = load_history(bob_in_berlin, now=datetime(2026, 10, 26, 12, tzinfo=UTC))
    sunday = next(day for day in days if day.date == date(2026, 10, 25))
    assert sunday.available_duration == timedelta(hours=25)
    assert sunday.bar_segments == [("available", 0.0, 100.0)]


def test_unrecognised_status_is_shown_as_stored(bob_in_berlin):
    record(bob_in_berlin, "on_the_moon", at(8))
    (day,) = load_history(bob_in_berlin, now=NOW)
    assert day.changes[0].label == "on_the_moon"
    assert day.changes[0].presence == "offline"


def test_member_without_history_has_no_days(acme, sign_in):
    assert load_history(acme.bob) == []
    page = sign_in(acme.alice).get(f"/w/acme/team/members/{acme.bob.pk}/").content.decode()
    assert "No history yet" in page


def test_changes_are_recorded_with_who_made_them(acme, online):
    online(acme.bob)
    publish_status_changes(acme.bob)
    set_away(acme.bob, by=acme.alice)
    set_available(acme.bob, by=acme.alice)
    set_away(acme.bob)
    changes = acme.bob.status_changes.order_by("created_at", "pk")
    assert list(changes.values_list("status", "by__user__name")) == [
        ("available", None),
        ("away", "Alice"),
        ("available", "Alice"),
        ("away", None),
    ]
