"""Not now: a snoozed conversation comes back at its time, or when the contact writes."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_reply
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.actions.snooze import snooze_conversation, wake_conversation, wake_due_conversations
from inbox.forms.snooze import SnoozeForm
from inbox.models import Conversation, Message
from inbox.snooze_options import snooze_options, next_working_time
from inbox.tasks import wake_snoozed
from teams.actions.availability import go_away, set_reassign_replies
from teams.actions.membership import remove_member
from teams.load import open_chats
from teams.models import Membership
from tests.conftest import COMMITS, in_parallel
from tests.live_events import committed

SUNDAY = datetime(2026, 11, 22, 10, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)


def later(**time):
    return timezone.now() + timedelta(**time or {"hours": 3})


def stored():
    return Conversation.objects.with_related().get()


def activities(conversation):
    entries = conversation.messages.with_related().filter(kind="activity").order_by("seq")
    return [entry.text for entry in entries]


def make_due():
    Conversation.objects.update(snoozed_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def bobs_conversation(acme, vera):
    """A conversation that Bob has."""
    conversation = vera.writes("Call me next week").conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    return conversation


@pytest.fixture
def snoozed(acme, bobs_conversation):
    snooze_conversation(bobs_conversation, until=later(), by=acme.bob)
    return bobs_conversation


def test_it_leaves_the_open_list_and_stays_with_its_agent(acme, snoozed, sign_in):
    client = sign_in(acme.bob)

    def rows(status):
        url = f"/w/acme/conversations/rows/?view=mine&status={status}"
        return f'id="row-{snoozed.number}"' in client.get(url).content.decode()

    assert [rows("open"), rows("snoozed"), rows("resolved")] == [False, True, False]
    assert client.get("/w/acme/conversations/counts/").json()["mine"] == 0
    assert (stored().status, stored().assignee) == ("snoozed", acme.bob)
    assert activities(snoozed)[-1] == "Bob snoozed this conversation."


def test_it_takes_none_of_its_agents_room(acme, bobs_conversation):
    assert open_chats(acme.workspace.pk, [acme.bob.pk]) == {acme.bob.pk: 1}
    snooze_conversation(bobs_conversation, until=later(), by=acme.bob)
    assert open_chats(acme.workspace.pk, [acme.bob.pk]) == {}


def test_the_freed_capacity_goes_to_the_queue(acme, online, vera, new_visitor):
    Membership.objects.filter(pk=acme.bob.pk).update(capacity=1)
    online(acme.bob)
    first = vera.writes().conversation
    waiting = new_visitor(acme.inbox).writes().conversation
    assert (first.assignee, waiting.assignee) == (acme.bob, None)
    with committed():
        snooze_conversation(first, until=later(), by=acme.bob)
    waiting.refresh_from_db()
    assert waiting.assignee == acme.bob


def test_it_comes_back_at_its_time_and_not_before(acme, snoozed):
    assert wake_due_conversations() == 0
    assert stored().is_snoozed
    make_due()
    assert wake_due_conversations() == 1
    assert (stored().status, stored().snoozed_until) == ("open", None)
    assert stored().assignee == acme.bob
    assert activities(snoozed)[-1] == "No longer snoozed: the time is up."
    assert wake_due_conversations() == 0


def test_the_clock_wakes_what_is_due(snoozed):
    make_due()
    wake_snoozed()
    assert stored().is_open


def test_the_contacts_message_wakes_it_at_once_for_the_same_agent(acme, online, snoozed, vera):
    online(acme.bea)
    assert vera.writes("Now, please").conversation.pk == snoozed.pk
    conversation = stored()
    assert (conversation.status, conversation.snoozed_until) == ("open", None)
    assert conversation.assignee == acme.bob
    name = conversation.contact.display_name
    assert activities(snoozed)[-1] == f"No longer snoozed: {name} wrote."
    assert Conversation.objects.count() == 1


def test_a_second_tap_on_the_same_message_changes_nothing(acme, snoozed, vera):
    client_id = uuid4()
    vera.writes("Now, please", client_id=client_id)
    snooze_conversation(stored(), until=later(), by=acme.bob)
    vera.writes("Now, please", client_id=client_id)
    assert stored().is_snoozed


def test_whoever_is_away_and_reassigns_replies_does_not_keep_it(acme, online, snoozed, vera):
    online(acme.bea)
    go_away(acme.bob)
    set_reassign_replies(acme.bob, True)
    vera.writes("Now, please")
    assert (stored().status, stored().assignee) == ("open", acme.bea)


def test_an_agent_wakes_it_up(acme, snoozed):
    assert wake_conversation(snoozed, by=acme.bea) is True
    assert (stored().status, stored().assignee) == ("open", acme.bob)
    assert activities(snoozed)[-1] == "Bea ended the snooze."
    assert wake_conversation(snoozed, by=acme.bea) is False


def test_what_nobody_has_is_given_out_when_it_comes_back(acme, online, vera):
    conversation = vera.writes().conversation
    snooze_conversation(conversation, until=later(), by=acme.alice)
    online(acme.bea)
    make_due()
    wake_due_conversations()
    assert stored().assignee == acme.bea
    assert conversation.decisions.latest("created_at").trigger == "snooze_over"


def test_what_is_with_somebody_gone_is_given_to_another(acme, online, snoozed):
    acme.inbox.members.filter(membership=acme.bob).delete()
    online(acme.bea)
    make_due()
    wake_due_conversations()
    assert stored().assignee == acme.bea


@pytest.mark.parametrize("to_alice", [True, False])
def test_removing_a_member_leaves_nothing_snoozed_behind(acme, online, snoozed, to_alice):
    online(acme.bea)
    to = acme.alice if to_alice else None
    with committed():
        remove_member(acme.bob, by=acme.alice, hand_to=to)
    assert (stored().status, stored().assignee) == ("snoozed", to)
    make_due()
    with committed():
        wake_due_conversations()
    assert (stored().status, stored().assignee) == ("open", to or acme.bea)


def test_snoozed_and_unassigned_it_is_not_given_out(acme, online, vera):
    conversation = vera.writes().conversation
    snooze_conversation(conversation, until=later(), by=acme.alice)
    online(acme.bob)
    from routing.actions.drain import drain_all

    drain_all()
    assert stored().assignee is None


def test_snoozing_again_moves_the_moment(acme, snoozed):
    again = later(days=2)
    assert snooze_conversation(snoozed, until=again, by=acme.bob) is True
    assert snooze_conversation(snoozed, until=again, by=acme.bob) is False
    assert stored().snoozed_until == again


def test_a_moment_that_is_over_and_a_resolved_one_change_nothing(acme, bobs_conversation):
    assert snooze_conversation(bobs_conversation, until=later(seconds=-1), by=acme.bob) is False
    resolve_conversation(bobs_conversation, by=acme.bob)
    assert snooze_conversation(bobs_conversation, until=later(), by=acme.bob) is False
    assert stored().is_resolved


def test_it_can_be_resolved_and_then_does_not_come_back(acme, snoozed):
    resolve_conversation(snoozed, by=acme.bob)
    assert (stored().status, stored().snoozed_until) == ("resolved", None)
    make_due()
    assert wake_due_conversations() == 0
    reopen_conversation(snoozed, by=acme.bob)
    assert stored().is_open


def test_answering_leaves_it_snoozed(acme, snoozed):
    post_reply(snoozed, body="On Monday then", client_id=uuid4(), by=acme.bob)
    assert stored().is_snoozed


def test_deleted_workspaces_sleep(acme, snoozed):
    make_due()
    acme.workspace.deleted_at = timezone.now()
    acme.workspace.save()
    assert wake_due_conversations() == 0


def test_one_that_goes_wrong_does_not_hold_up_the_others(acme, snoozed, new_visitor):
    other = new_visitor(acme.inbox).writes().conversation
    snooze_conversation(other, until=later(), by=acme.bob)
    make_due()

    def fail_once(conversation, **kwargs):
        if conversation.pk == snoozed.pk:
            raise RuntimeError
        return wake_conversation(conversation, **kwargs)

    with patch("inbox.actions.snooze.wake_conversation", side_effect=fail_once):
        assert wake_due_conversations() == 1
    assert Conversation.objects.get(pk=snoozed.pk).is_snoozed
    assert Conversation.objects.get(pk=other.pk).is_open


@COMMITS
def test_the_clock_and_the_contact_at_once_wake_it_once(acme, snoozed, vera):
    for _ in range(4):
        make_due()
        seen = Message.objects.filter(activity="woken").count()
        in_parallel(3, lambda number: wake_due_conversations() if number else vera.writes("Hello?"))
        assert stored().is_open
        assert Message.objects.filter(activity="woken").count() == seen + 1
        snooze_conversation(stored(), until=later(), by=acme.bob)


def test_a_moment_that_was_moved_meanwhile_counts(acme, snoozed):
    make_due()
    with patch("inbox.actions.snooze.changing", side_effect=moved_first(snoozed, acme.bob)):
        wake_due_conversations()
    assert stored().is_snoozed


def moved_first(conversation, by):
    """Somebody snoozes it again between the look at the clock and the lock."""
    from inbox.change import changing

    def changed(found):
        Conversation.objects.filter(pk=conversation.pk).update(snoozed_until=later(days=1))
        return changing(found)

    return changed


# --- The moments that are offered ---


def offered(membership, now):
    zone = membership.zone
    return [
        (moment.code, moment.until.astimezone(zone).strftime("%a %H:%M"))
        for moment in moments(membership, now)
    ]


def in_berlin(membership, **hours):
    membership.time_zone, membership.hours = "Europe/Berlin", hours
    return membership


def test_the_moments_are_those_of_my_own_clock(acme):
    assert offered(in_berlin(acme.bob), TUESDAY) == [
        ("later", "Tue 14:00"),
        ("tomorrow", "Wed 09:00"),
        ("monday", "Mon 09:00"),
    ]


def test_on_a_sunday_tomorrow_is_monday_once(acme):
    assert [code for code, _time in offered(in_berlin(acme.bob), SUNDAY)] == ["later", "tomorrow"]


def test_in_the_evening_there_is_no_later_today(acme):
    late = TUESDAY.replace(hour=20, minute=30)
    assert [code for code, _time in offered(in_berlin(acme.bob), late)] == ["tomorrow", "monday"]


def test_the_next_office_hours_are_offered_under_their_own_name(acme):
    bob = in_berlin(acme.bob, week=[{"day": 2, "from": "09:00", "to": "17:00"}])
    assert offered(bob, TUESDAY)[1] == ("hours", "Wed 09:00")
    assert "tomorrow" not in dict(offered(bob, TUESDAY))
    assert next_working_time(bob, TUESDAY).code == "hours"
    assert next_working_time(in_berlin(acme.bea), TUESDAY).code == "tomorrow"


def off(first, last):
    return {"off": [{"first": first, "last": last}]}


@pytest.mark.parametrize(
    ("days", "code", "back"),
    [
        (off("2026-12-24", "2026-12-26"), "tomorrow", "Wed 25 Nov 09:00"),  # in four weeks
        (off("2026-11-24", "2026-11-24"), "tomorrow", "Wed 25 Nov 09:00"),  # today
        (off("2026-11-25", "2026-11-27"), "hours", "Sat 28 Nov 09:00"),  # from tomorrow on
        (off("2026-11-20", "2026-11-29"), "hours", "Mon 30 Nov 09:00"),  # now, and for a while
    ],
)
def test_without_weekly_hours_only_a_day_off_from_tomorrow_on_keeps_somebody_away(
    acme, days, code, back
):
    """A holiday in four weeks had made it so long."""
    moment = next_working_time(in_berlin(acme.bob, **days), TUESDAY)
    assert (moment.code, f"{moment.until:%a %d %b %H:%M}") == (code, back)


def test_nine_oclock_stays_nine_oclock_when_the_clocks_change(acme):
    before = datetime(2026, 10, 24, 8, tzinfo=UTC)  # the night after, Berlin goes back an hour
    assert dict(offered(in_berlin(acme.bob), before))["tomorrow"] == "Sun 09:00"


def form(membership, **data):
    return SnoozeForm(data, membership=membership)


def test_a_moment_of_ones_own_is_read_on_ones_own_clock(acme):
    bob = in_berlin(acme.bob)
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    own = form(bob, until="own", at=f"{tomorrow}T07:30")
    assert own.is_valid()
    assert own.cleaned_data["until"].astimezone(bob.zone).isoformat()[:16] == f"{tomorrow}T07:30"


@pytest.mark.parametrize(
    ("zone", "shown"), [("Asia/Tokyo", "Asia/Tokyo"), ("Moon/Base", "Europe/Berlin"), ("", None)]
)
def test_the_clock_they_see_goes_before_the_one_they_have_set(acme, zone, shown):
    bob = in_berlin(acme.bob)
    day = (timezone.now() + timedelta(days=2)).date()  # tomorrow may be over in Tokyo
    own = form(bob, until="own", at=f"{day}T07:30", zone=zone)
    assert own.is_valid()
    seen = own.cleaned_data["until"].astimezone(ZoneInfo(shown or "Europe/Berlin"))
    assert seen.isoformat()[:16] == f"{day}T07:30"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"until": "never"},
        {"until": "own"},
        {"until": "own", "at": "soon"},
        {"until": "own", "at": "2020-01-01T09:00"},
        {"until": "own", "at": "9999-12-31T23:59"},
        {"until": "own", "at": "0001-01-01T00:00"},
        {"until": "\x00", "at": "\x00"},
    ],
)
def test_nonsense_is_no_moment(acme, bobs_conversation, sign_in, data):
    answer = sign_in(acme.bob).post(
        f"/w/acme/conversations/{bobs_conversation.number}/snooze/", data
    )
    assert answer.status_code == 400
    assert "problem" in answer.content.decode()
    assert stored().is_open


def test_over_http(acme, bobs_conversation, sign_in):
    client, url = sign_in(acme.bob), f"/w/acme/conversations/{bobs_conversation.number}/"
    assert client.post(f"{url}snooze/", {"until": "tomorrow"}).status_code == 302
    assert stored().is_snoozed
    page = client.get(url).content.decode()
    assert 'data-status="snoozed"' in page
    assert "Bob snoozed this conversation." in page
    assert client.post(f"{url}waking/").status_code == 302
    assert stored().is_open
