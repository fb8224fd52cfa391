"""Away for somebody else, the two switches, and the timeline of what somebody was."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.assignment import assign_conversation
from teams.actions.status import publish_status_changes
from teams.actions.availability import set_available, set_away
from teams.actions.availability import set_away, set_available
from teams.actions.membership import add_member
from teams.availability import with_availability
from teams.models import AuditEntry, Membership, StatusChange
from teams.status_history import load_history
from teams.templatetags.status_history import format_duration
from tests.conftest import make_user

JSON = {"Accept": "application/json"}


def again(membership):
    return Membership.objects.with_related().get(pk=membership.pk)


# --- My own switches ---


def test_the_switch_answers_with_what_i_am_now(acme, vera, online, sign_in):
    online(acme.bob)
    assign_conversation(vera.writes().conversation, assignee=acme.bob)
    client = sign_in(acme.bob)
    away = client.post("/w/acme/availability/away/", headers=JSON).json()
    assert (away["membership"], away["state"], away["open"]) == (str(acme.bob.pk), "away", 1)
    assert away["sentence"].startswith("Away since ")
    back = client.post("/w/acme/availability/back/", headers=JSON).json()
    assert (back["state"], back["sentence"]) == ("available", "Available")


def test_replies_are_reassigned_or_kept(acme, sign_in):
    client = sign_in(acme.bob)
    for path, on in (("reassigning", True), ("reassigning", True), ("keeping", False)):
        assert client.post(f"/w/acme/availability/{path}/", headers=JSON).status_code == 200
        assert again(acme.bob).reassign_replies is on


def test_without_scripts_the_switch_leads_back_to_a_page(acme, sign_in):
    client = sign_in(acme.bob)
    assert client.post("/w/acme/availability/away/")["Location"] == "/w/acme/"
    page = client.get("/w/acme/conversations/").content.decode()
    assert 'aria-checked="true"' in page
    assert "Hand over conversations" in page


def test_the_menu_tells_the_truth_about_me(acme, sign_in):
    client = sign_in(acme.bob)
    assert '<small class="sentence"' in client.get("/w/acme/conversations/").content.decode()
    set_away(acme.bob, by=acme.alice)
    page = client.get("/w/acme/conversations/").content.decode()
    assert "set by Alice" in page
    assert 'data-presence="away"' in page


# --- For somebody else ---


def test_a_member_hears_that_an_administrator_set_them_away_and_back(acme, live_events):
    with live_events.committed():
        assert set_away(acme.bob, by=acme.alice) is True
        assert again(acme.bob).away_by == acme.alice
        assert set_away(acme.bob, by=acme.alice) is False
        assert set_available(acme.bob, by=acme.alice) is True
    assert again(acme.bob).away_at is None
    assert live_events.on(acme.bob.live_channel) == [
        ("notice", {"message": "Alice set you to Away."}),
        ("notice", {"message": "Alice ended your Away status."}),
    ]


def test_setting_yourself_away_sends_no_notice(acme, live_events):
    with live_events.committed():
        set_away(acme.alice, by=acme.alice)
    assert live_events.on(f"workspace:{acme.workspace.pk}")
    assert live_events.on(acme.alice.live_channel) == []
    assert again(acme.alice).away_by is None


def test_it_is_in_the_audit_log(acme):
    set_away(acme.bob, by=acme.alice)
    set_available(acme.bob, by=acme.alice)
    actions = AuditEntry.objects.filter(target="Bob").order_by("created_at")
    assert [(each.action, each.by) for each in actions.exclude(action="member.invited")] == [
        ("member.set_away", acme.alice),
        ("member.set_available", acme.alice),
    ]


def test_a_list_asks_for_the_names_of_all_who_set_somebody_away_at_once(acme):
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


def test_they_come_back_by_themselves(acme):
    set_away(acme.bob, by=acme.alice)
    set_available(acme.bob)
    bob = again(acme.bob)
    assert (bob.away_at, bob.away_by) == (None, None)


def test_an_administrator_sets_a_member_away_and_back_on_their_page(acme, sign_in):
    url, alice = f"/w/acme/team/members/{acme.bob.pk}/", sign_in(acme.alice)
    page = alice.post(f"{url}away/", follow=True).content.decode()
    assert "Bob is now away." in page
    assert "Away, set by Alice" in page
    page = alice.post(f"{url}back/", follow=True).content.decode()
    assert "Bob is no longer away." in page
    assert again(acme.bob).away_at is None


# --- The timeline ---

NOW = datetime(2026, 11, 24, 17, tzinfo=UTC)  # a Tuesday, 18:00 in Berlin
TODAY, MONDAY = date(2026, 11, 24), date(2026, 11, 23)


def was(membership, code, at, by=None):
    StatusChange.objects.create(
        workspace=membership.workspace, membership=membership, code=code, created_at=at, by=by
    )


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def bob_in_berlin(acme):
    acme.bob.time_zone = "Europe/Berlin"
    return acme.bob


def test_each_day_has_its_changes_the_latest_first(acme, bob_in_berlin):
    was(bob_in_berlin, "available", at(8))
    was(bob_in_berlin, "away", at(11, 10), by=acme.alice)
    was(bob_in_berlin, "offline", at(12))
    (day,) = load_history(bob_in_berlin, now=NOW)
    assert day.date == TODAY
    assert [(each.label, format_duration(each.duration)) for each in day.changes] == [
        ("No page open", "5 h"),
        ("Away, set by Alice", "50 min"),
        ("Available", "3 h 10 min"),
    ]
    assert [each.is_now for each in day.changes] == [True, False, False]
    assert day.available_duration == timedelta(hours=3, minutes=10)


def test_a_day_begins_at_midnight_on_their_own_clock(bob_in_berlin):
    was(bob_in_berlin, "available", at(22, 30, day=23))  # 23:30 on Monday in Berlin
    was(bob_in_berlin, "offline", at(23, 30, day=23))  # 00:30 on Tuesday
    today, monday = load_history(bob_in_berlin, now=NOW)
    assert [each.label for each in today.rows] == ["No page open"]
    assert [each.label for each in monday.rows] == ["Available"]
    half_an_hour = timedelta(minutes=30)
    assert (today.available, monday.available) == (half_an_hour, half_an_hour)


def test_what_lasts_over_days_is_on_each_of_their_bars(bob_in_berlin):
    was(bob_in_berlin, "away", at(8, day=20))
    days = load_history(bob_in_berlin, now=NOW)
    assert [day.date.day for day in days] == [24, 23, 22, 21, 20]
    assert [len(day.changes) for day in days] == [0, 0, 0, 0, 1]
    assert [state for state, _at, _width in days[1].bar_segments] == ["away"]
    assert days[1].bar_segments == [("away", 0.0, 100.0)]
    _state, begin, width = days[0].bar_segments[0]
    assert (begin, width) == (0.0, 75.0)  # until now: 18:00


def test_the_state_before_the_window_is_known(bob_in_berlin):
    was(bob_in_berlin, "away", at(8, day=1))
    days = load_history(bob_in_berlin, days=2, now=NOW)
    assert [day.bar_segments[0][0] for day in days] == ["away", "away"]
    assert [day.changes for day in days] == [[], []]


def test_days_on_which_the_clock_changes_are_whole(bob_in_berlin):
    was(bob_in_berlin, "available", datetime(2026, 10, 23, 22, tzinfo=UTC))
    days = load_history(bob_in_berlin, now=datetime(2026, 10, 26, 12, tzinfo=UTC))
    sunday = next(day for day in days if day.date == date(2026, 10, 25))
    assert sunday.available == timedelta(hours=25)
    assert sunday.bar_segments == [("available", 0.0, 100.0)]


def test_an_unknown_code_is_shown_as_it_is(bob_in_berlin):
    was(bob_in_berlin, "on_the_moon", at(8))
    (day,) = load_history(bob_in_berlin, now=NOW)
    assert day.changes[0].words == "on_the_moon"
    assert day.changes[0].state == "offline"


def test_somebody_without_any_trace_has_no_days(acme, sign_in):
    assert load_history(acme.bob) == []
    page = sign_in(acme.alice).get(f"/w/acme/team/members/{acme.bob.pk}/").content.decode()
    assert "No history yet" in page


def test_what_happens_is_written_down_with_who_did_it(acme, online):
    online(acme.bob)
    publish_status_changes(acme.bob)
    set_away(acme.bob, by=acme.alice)
    set_available(acme.bob, by=acme.alice)
    set_away(acme.bob)
    codes = acme.bob.states.order_by("created_at", "pk").values_list("code", "by__user__name")
    assert list(codes) == [
        ("available", None),
        ("away", "Alice"),
        ("available", "Alice"),
        ("away", None),
    ]


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "under 1 min"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=1, hours=1, minutes=2), "25 h 2 min"),
    ],
)
def test_how_long_it_lasted_is_said_in_words(length, words):
    assert format_duration(length) == words
