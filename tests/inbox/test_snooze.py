"""A snoozed conversation wakes at its time or when the contact writes."""

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
from inbox.open_counts import count_open_conversations
from inbox.snooze_options import next_working_time, snooze_options
from inbox.tasks import wake_snoozed
from teams.actions.availability import set_away, set_reassign_replies
from teams.actions.membership import remove_member
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
    """A conversation assigned to Bob."""
    conversation = vera.writes("Call me next week").conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    return conversation


@pytest.fixture
def snoozed(acme, bobs_conversation):
    snooze_conversation(bobs_conversation, until=later(), by=acme.bob)
    return bobs_conversation


def test_a_snoozed_conversation_leaves_the_open_list_and_keeps_its_agent(acme, snoozed, sign_in):
    client = sign_in(acme.bob)

    def rows(status):
        url = f"/w/acme/conversations/rows/?view=mine&status={status}"
        return f'id="row-{snoozed.number}"' in client.get(url).content.decode()

    assert [rows("open"), rows("snoozed"), rows("resolved")] == [False, True, False]
    assert client.get("/w/acme/conversations/counts/").json()["mine"] == 0
    assert (stored().status, stored().assignee) == ("snoozed", acme.bob)
    assert activities(snoozed)[-1] == "Bob snoozed this conversation."


def test_it_does_not_count_towards_capacity(acme, bobs_conversation):
    assert count_open_conversations(acme.workspace.pk, [acme.bob.pk]) == {acme.bob.pk: 1}
    snooze_conversation(bobs_conversation, until=later(), by=acme.bob)
    assert count_open_conversations(acme.workspace.pk, [acme.bob.pk]) == {}


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


def test_it_wakes_at_its_time_and_not_before(acme, snoozed):
    assert wake_due_conversations() == 0
    assert stored().is_snoozed
    make_due()
    assert wake_due_conversations() == 1
    assert (stored().status, stored().snoozed_until) == ("open", None)
    assert stored().assignee == acme.bob
    assert activities(snoozed)[-1] == "No longer snoozed: the time is up."
    assert wake_due_conversations() == 0


def test_the_sweep_wakes_due_conversations(snoozed):
    make_due()
    wake_snoozed()
    assert stored().is_open


def test_a_contacts_message_wakes_it_for_the_same_agent(acme, online, snoozed, vera):
    online(acme.bea)
    assert vera.writes("Now, please").conversation.pk == snoozed.pk
    conversation = stored()
    assert (conversation.status, conversation.snoozed_until) == ("open", None)
    assert conversation.assignee == acme.bob
    name = conversation.contact.display_name
    assert activities(snoozed)[-1] == f"No longer snoozed: {name} wrote."
    assert Conversation.objects.count() == 1


def test_a_retried_message_changes_nothing(acme, snoozed, vera):
    client_id = uuid4()
    vera.writes("Now, please", client_id=client_id)
    snooze_conversation(stored(), until=later(), by=acme.bob)
    vera.writes("Now, please", client_id=client_id)
    assert stored().is_snoozed


def test_an_away_agent_who_reassigns_replies_loses_it(acme, online, snoozed, vera):
    online(acme.bea)
    set_away(acme.bob)
    set_reassign_replies(acme.bob, True)
    vera.writes("Now, please")
    assert (stored().status, stored().assignee) == ("open", acme.bea)


def test_an_agent_can_wake_it(acme, snoozed):
    assert wake_conversation(snoozed, by=acme.bea) is True
    assert (stored().status, stored().assignee) == ("open", acme.bob)
    assert activities(snoozed)[-1] == "Bea ended the snooze."
    assert wake_conversation(snoozed, by=acme.bea) is False


def test_an_unassigned_conversation_is_assigned_when_it_wakes(acme, online, vera):
    conversation = vera.writes().conversation
    snooze_conversation(conversation, until=later(), by=acme.alice)
    online(acme.bea)
    make_due()
    wake_due_conversations()
    assert stored().assignee == acme.bea
    assert conversation.decisions.latest("created_at").trigger == "snooze_over"


def test_a_removed_agents_conversation_is_reassigned_when_it_wakes(acme, online, snoozed):
    acme.inbox.members.filter(membership=acme.bob).delete()
    online(acme.bea)
    make_due()
    wake_due_conversations()
    assert stored().assignee == acme.bea


@pytest.mark.parametrize("to_alice", [True, False])
def test_removing_a_member_moves_their_snoozed_conversations(acme, online, snoozed, to_alice):
    online(acme.bea)
    to = acme.alice if to_alice else None
    with committed():
        remove_member(acme.bob, by=acme.alice, handover_to=to)
    assert (stored().status, stored().assignee) == ("snoozed", to)
    make_due()
    with committed():
        wake_due_conversations()
    assert (stored().status, stored().assignee) == ("open", to or acme.bea)


def test_a_snoozed_unassigned_conversation_is_not_assigned(acme, online, vera):
    conversation = vera.writes().conversation
    snooze_conversation(conversation, until=later(), by=acme.alice)
    online(acme.bob)
    from routing.actions.queue import assign_all_queues

    assign_all_queues()
    assert stored().assignee is None


def test_snoozing_again_changes_the_time(acme, snoozed):
    again = later(days=2)
    assert snooze_conversation(snoozed, until=again, by=acme.bob) is True
    assert snooze_conversation(snoozed, until=again, by=acme.bob) is False
    assert stored().snoozed_until == again


def test_past_times_and_resolved_conversations_change_nothing(acme, bobs_conversation):
    assert snooze_conversation(bobs_conversation, until=later(seconds=-1), by=acme.bob) is False
    resolve_conversation(bobs_conversation, by=acme.bob)
    assert snooze_conversation(bobs_conversation, until=later(), by=acme.bob) is False
    assert stored().is_resolved


def test_a_resolved_conversation_does_not_wake(acme, snoozed):
    resolve_conversation(snoozed, by=acme.bob)
    assert (stored().status, stored().snoozed_until) == ("resolved", None)
    make_due()
    assert wake_due_conversations() == 0
    reopen_conversation(snoozed, by=acme.bob)
    assert stored().is_open


def test_a_reply_leaves_it_snoozed(acme, snoozed):
    post_reply(snoozed, body="On Monday then", client_id=uuid4(), by=acme.bob)
    assert stored().is_snoozed


def test_conversations_of_deleted_workspaces_do_not_wake(acme, snoozed):
    make_due()
    acme.workspace.deleted_at = timezone.now()
    acme.workspace.save()
    assert wake_due_conversations() == 0


def test_a_failure_does_not_stop_the_others(acme, snoozed, new_visitor):
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
def test_the_sweep_and_the_contact_wake_it_once(acme, snoozed, vera):
    for _ in range(4):
        make_due()
        seen = Message.objects.filter(activity="woken").count()
        in_parallel(3, lambda number: wake_due_conversations() if number else vera.writes("Hello?"))
        assert stored().is_open
        assert Message.objects.filter(activity="woken").count() == seen + 1
        snooze_conversation(stored(), until=later(), by=acme.bob)


def test_a_time_changed_meanwhile_counts(acme, snoozed):
    make_due()
    with patch("inbox.actions.snooze.changing", side_effect=snoozed_again_first(snoozed, acme.bob)):
        wake_due_conversations()
    assert stored().is_snoozed


def snoozed_again_first(conversation, by):
    """Make an agent snooze it again after the sweep found it due and before it's locked."""
    from inbox.change import changing

    def snooze_then_lock(due):
        Conversation.objects.filter(pk=conversation.pk).update(snoozed_until=later(days=1))
        return changing(due)

    return snooze_then_lock


# --- Snooze options ---


def offered(membership, now):
    zone = membership.zone
    return [
        (option.code, option.until.astimezone(zone).strftime("%a %H:%M"))
        for option in snooze_options(membership, now)
    ]


def in_berlin(membership, **hours):
    membership.time_zone, membership.hours = "Europe/Berlin", hours
    return membership


def test_options_use_the_members_time_zone(acme):
    assert offered(in_berlin(acme.bob), TUESDAY) == [
        ("later", "Tue 14:00"),
        ("tomorrow", "Wed 09:00"),
        ("monday", "Mon 09:00"),
    ]


def test_on_a_sunday_monday_is_offered_once(acme):
    assert [code for code, _time in offered(in_berlin(acme.bob), SUNDAY)] == ["later", "tomorrow"]


def test_in_the_evening_later_today_is_not_offered(acme):
    late = TUESDAY.replace(hour=20, minute=30)
    assert [code for code, _time in offered(in_berlin(acme.bob), late)] == ["tomorrow", "monday"]


def test_the_next_office_hours_are_an_option(acme):
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
def test_without_weekly_hours_only_days_off_from_tomorrow_count(acme, days, code, back):
    """A holiday in four weeks once made the snooze that long."""
    moment = next_working_time(in_berlin(acme.bob, **days), TUESDAY)
    assert (moment.code, f"{moment.until:%a %d %b %H:%M}") == (code, back)


def test_nine_oclock_stays_nine_oclock_after_a_dst_change(acme):
    before = datetime(
        2026, 10, 24, 8, tzinfo=UTC
    )  # summer time ends in Berlin during the next night
    assert dict(offered(in_berlin(acme.bob), before))["tomorrow"] == "Sun 09:00"


def form(membership, **data):
    return SnoozeForm(data, membership=membership)


def test_a_custom_time_is_in_the_members_time_zone(acme):
    bob = in_berlin(acme.bob)
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    own = form(bob, until="custom", at=f"{tomorrow}T07:30")
    assert own.is_valid()
    assert own.cleaned_data["until"].astimezone(bob.zone).isoformat()[:16] == f"{tomorrow}T07:30"


@pytest.mark.parametrize(
    ("zone", "shown"), [("Asia/Tokyo", "Asia/Tokyo"), ("Moon/Base", "Europe/Berlin"), ("", None)]
)
def test_the_browsers_time_zone_comes_first(acme, zone, shown):
    bob = in_berlin(acme.bob)
    day = (timezone.now() + timedelta(days=2)).date()  # tomorrow may already be over in Tokyo
    own = form(bob, until="custom", at=f"{day}T07:30", zone=zone)
    assert own.is_valid()
    seen = own.cleaned_data["until"].astimezone(ZoneInfo(shown or "Europe/Berlin"))
    assert seen.isoformat()[:16] == f"{day}T07:30"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"until": "never"},
        {"until": "custom"},
        {"until": "custom", "at": "soon"},
        {"until": "custom", "at": "2020-01-01T09:00"},
        {"until": "custom", "at": "9999-12-31T23:59"},
        {"until": "custom", "at": "0001-01-01T00:00"},
        {"until": "\x00", "at": "\x00"},
    ],
)
def test_invalid_times_are_refused(acme, bobs_conversation, sign_in, data):
    response = sign_in(acme.bob).post(
        f"/w/acme/conversations/{bobs_conversation.number}/snooze/", data
    )
    assert response.status_code == 400
    assert "problem" in response.content.decode()
    assert stored().is_open


def test_snoozing_over_http(acme, bobs_conversation, sign_in):
    client, url = sign_in(acme.bob), f"/w/acme/conversations/{bobs_conversation.number}/"
    assert client.post(f"{url}snooze/", {"until": "tomorrow"}).status_code == 302
    assert stored().is_snoozed
    page = client.get(url).content.decode()
    assert 'data-status="snoozed"' in page
    assert "Bob snoozed this conversation." in page
    assert client.post(f"{url}wake/").status_code == 302
    assert stored().is_open
