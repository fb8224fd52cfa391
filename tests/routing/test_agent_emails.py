"""Agents who are offline are emailed what is new to them, as their settings say."""

import re
from datetime import time, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_reply
from inbox.actions.read_marker import mark_read
from inbox.actions.snooze import snooze_conversation, wake_conversation
from inbox.models import Conversation
from outbox.models import Delivery
from routing.emails.agents import email_owner_of_reassignment
from routing.emails.pacing import EMAIL_INTERVAL, FIRST_DELAY
from routing.emails.sweep import UNANSWERED_FOR, email_about_unanswered
from routing.emails.unanswered import RECHECK_AFTER
from routing.models import Target
from teams.models import Membership, Workspace
from tests.routing.mails import deliver, mailed, moment, pass_time, planned, recipients


def set_wanted(membership, **fields):
    Membership.objects.filter(pk=membership.pk).update(**fields)


def sweep_and_deliver():
    pass_time(UNANSWERED_FOR)
    email_about_unanswered()
    pass_time(FIRST_DELAY)


def sweep_locks_nothing():
    with patch("routing.emails.sweep.changing") as changing:
        email_about_unanswered()
    return not changing.called


# --- Content ---


def test_one_email_in_ten_minutes_has_everything_new(acme, vera, lead_to_bob):
    vera.writes("Two")
    pass_time(FIRST_DELAY)
    vera.writes("Three")
    pass_time(EMAIL_INTERVAL - timedelta(seconds=30))
    [first] = mailed()
    assert "> One" in first.body
    assert "> Two" in first.body
    assert "2 new messages" in first.subject
    vera.writes("Four")
    pass_time(timedelta(seconds=30))
    second = mailed()[1]
    assert "> Three" in second.body
    assert "> Four" in second.body
    assert "> Two" not in second.body


def test_a_new_lead_is_emailed_without_looking_for_earlier_emails(acme, vera, leads_in_turn):
    with CaptureQueriesContext(connection) as queries:
        assert vera.writes("One").conversation.assignee_id
    assert not [each for each in queries if re.search("FROM .outbox_delivery", each["sql"])]
    pass_time(FIRST_DELAY)
    assert len(mailed()) == 1


def test_read_messages_are_not_emailed_nor_checked_again(acme, vera, lead_to_bob):
    message = vera.writes("Two")
    mark_read(message.conversation, membership=acme.bob, seq=message.seq)
    pass_time(FIRST_DELAY)
    assert mailed() == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}
    pass_time(2 * EMAIL_INTERVAL)
    assert sweep_locks_nothing()
    vera.writes("Three")
    pass_time(FIRST_DELAY)
    [only] = mailed()
    assert "> Three" in only.body
    assert "> Two" not in only.body


def test_messages_read_by_others_are_still_emailed(acme, vera, lead_to_bob):
    message = vera.writes("Two")
    mark_read(message.conversation, membership=acme.bea, seq=message.seq)
    pass_time(FIRST_DELAY)
    assert len(mailed()) == 1


def test_a_left_address_sends_it_at_once_with_that_address(acme, vera):
    vera.posts("One")
    vera.call("email/", {"email": "vera@example.com"})
    pass_time(timedelta(0))
    [message] = mailed()
    assert message.reply_to == ["vera@example.com"]
    assert "http://localhost" in message.body
    assert f"/w/acme/conversations/{Conversation.objects.get().number}/" in message.body


# --- Recipients ---


def test_the_queue_emails_each_agent_once_while_the_contact_waits(acme, vera):
    for text in ("One", "Two", "Three"):
        vera.writes(text)
        pass_time(2 * EMAIL_INTERVAL)
    assert (len(mailed("bob")), len(mailed("bea"))) == (1, 1)
    post_reply(Conversation.objects.get(), body="Hi", client_id=uuid4(), by=acme.bob)
    assign_conversation(Conversation.objects.get(), assignee=None, by=acme.bob)
    vera.writes("Four")
    pass_time(2 * EMAIL_INTERVAL)
    assert len(mailed("bea")) == 2
    assert "> Four" in mailed("bea")[1].body
    assert "> Three" not in mailed("bea")[1].body


@pytest.mark.parametrize(("targets", "expected"), [(["bea"], ["bea"]), (["bea", "bob"], ["bob"])])
def test_only_targets_with_access_get_one(acme, vera, targets, expected):
    if "bob" in targets:
        acme.inbox.members.filter(membership=acme.bea).delete()
    for name in targets:
        Target.objects.create(
            workspace=acme.workspace, inbox=acme.inbox, membership=getattr(acme, name)
        )
    vera.writes()
    assert recipients() == [f"{name}@acme.example" for name in expected]


def test_the_next_assignee_who_is_offline_gets_one_too(acme, vera, lead_to_bob):
    vera.writes("Two")
    assert recipients() == ["bob@acme.example"]
    assign_conversation(lead_to_bob, assignee=acme.bea, by=acme.alice)
    email_owner_of_reassignment(lead_to_bob, owner=acme.bob, to=acme.bea)
    for _ in range(2):
        pass_time(UNANSWERED_FOR)
        email_about_unanswered()
    assert recipients() == ["bea@acme.example", "bob@acme.example", "bob@acme.example"]


def test_a_snoozed_conversation_emails_no_one_until_it_reopens(acme, lead_to_bob):
    snooze_conversation(lead_to_bob, until=timezone.now() + timedelta(days=1), by=acme.alice)
    sweep_and_deliver()
    assert mailed() == []
    wake_conversation(lead_to_bob)
    sweep_and_deliver()
    [only] = mailed()
    assert "> One" in only.body
    sweep_and_deliver()
    assert len(mailed()) == 1


def test_the_current_address_gets_it(acme, vera, lead_to_bob):
    vera.writes("Two")
    acme.bob.user.email = "robert@acme.example"
    acme.bob.user.save()
    pass_time(FIRST_DELAY)
    assert mailed("bob") == []
    sweep_and_deliver()
    assert len(mailed("robert")) == 1


def test_a_restored_workspace_lost_no_email(acme, vera, lead_to_bob):
    vera.writes("Two")
    Workspace.objects.update(deleted_at=timezone.now())
    pass_time(EMAIL_INTERVAL)
    assert mailed() == []
    Workspace.objects.update(deleted_at=None)
    pass_time(timedelta(hours=1))
    assert len(mailed()) == 1


# --- A cancelled email does not count ---


def test_unassigning_emails_an_agent_whose_email_was_cancelled(acme, vera):
    conversation = vera.writes("One").conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    pass_time(FIRST_DELAY)
    assert mailed("bea") == []
    assign_conversation(conversation, assignee=None, by=acme.bob)
    pass_time(FIRST_DELAY)
    assert len(mailed("bea")) == 1


def test_only_the_last_of_several_assignees_is_emailed(acme, vera):
    conversation = vera.writes("One").conversation
    for person in (acme.bob, acme.bea):
        assign_conversation(conversation, assignee=person, by=acme.alice)
    pass_time(FIRST_DELAY)
    assert (mailed("bob"), len(mailed("bea"))) == ([], 1)


def test_assigning_again_emails_whose_email_was_cancelled(acme, vera, lead_to_bob):
    vera.writes("Two")
    assign_conversation(lead_to_bob, assignee=acme.bea, by=acme.alice)
    pass_time(FIRST_DELAY)
    assert mailed("bob") == []
    assign_conversation(lead_to_bob, assignee=acme.bob, by=acme.alice)
    sweep_and_deliver()
    assert len(mailed("bob")) == 1


# --- Settings ---


@pytest.mark.parametrize(
    ("wanted_by_bob", "wanted_by_bea", "expected"),
    [(False, True, ["bea@acme.example"]), (False, False, [])],
)
def test_the_queue_emails_only_those_who_want_it(
    acme, vera, wanted_by_bob, wanted_by_bea, expected
):
    """No one else is emailed instead."""
    set_wanted(acme.bob, email_queue=wanted_by_bob)
    set_wanted(acme.bea, email_queue=wanted_by_bea)
    vera.writes()
    assert recipients() == expected


def test_an_assignee_who_turned_email_off_gets_none(acme, vera, lead_to_bob):
    set_wanted(acme.bob, email_mine=False)
    vera.writes("Two")
    pass_time(2 * UNANSWERED_FOR)
    assert sweep_locks_nothing()
    assert recipients() == []


# --- Time ---


def test_quiet_hours_delay_it(acme, vera, clock):
    clock.stop_at(moment("2026-11-23T02:30Z"))  # 21:30 in New York
    set_wanted(acme.bob, time_zone="America/New_York", quiet_from=time(21), quiet_to=time(8))
    vera.writes("Are you there?")
    assert planned("bob") == moment("2026-11-23T13:00Z")
    assert planned("bea") == moment("2026-11-23T02:30Z") + FIRST_DELAY
    clock.stop_at(moment("2026-11-23T13:00Z"))
    deliver()
    [message] = mailed("bob")
    assert "22 Nov 2026, 21:30 EST" in message.body
    assert "22 Nov 2026, 21:30 EST" in message.alternatives[0].content
    assert "23 Nov 2026, 02:30 UTC" in mailed("bea")[0].body


def test_quiet_hours_delay_it_after_an_address_was_left(acme, vera, clock):
    clock.stop_at(moment("2026-11-22T22:30Z"))
    vera.posts("Are you there?")
    set_wanted(acme.bob, quiet_from=time(22), quiet_to=time(7))
    vera.call("email/", {"email": "vera@example.com"})
    deliver()
    assert (len(mailed("bea")), mailed("bob")) == (1, [])
    waiting = Delivery.objects.get(recipient="bob@acme.example")
    assert (waiting.state, waiting.attempts) == ("waiting", 0)
    assert waiting.next_attempt_at == moment("2026-11-23T07:00Z")
    clock.stop_at(moment("2026-11-23T07:00Z"))
    deliver()
    assert len(mailed("bob")) == 1


def test_ten_minutes_count_from_the_previous_email(acme, vera, lead_to_bob, clock):
    clock.stop_at(moment("2026-11-22T23:00Z"))
    set_wanted(acme.bob, quiet_from=time(22), quiet_to=time(7))
    vera.writes("Two")
    clock.stop_at(moment("2026-11-23T07:00Z"))
    deliver()
    clock.stop_at(moment("2026-11-23T07:05Z"))
    vera.writes("Three")
    assert planned("bob") == moment("2026-11-23T07:10Z")


def test_ten_minutes_count_when_both_were_queued(acme, vera, lead_to_bob):
    """The first had not left yet when the second was queued."""
    vera.writes("Two")
    later = Delivery.objects.get()
    Delivery.objects.create(
        kind="unanswered",
        key="the one before",
        recipient=later.recipient,
        workspace=later.workspace,
        about=later.about,
        state="sent",
        sent_at=timezone.now() - timedelta(minutes=4),
    )
    pass_time(FIRST_DELAY)
    assert mailed() == []
    pass_time(timedelta(minutes=6))
    assert len(mailed()) == 1


def test_a_failed_email_delays_the_next(acme, vera, lead_to_bob):
    vera.writes("Two")
    now = timezone.now()
    Delivery.objects.update(state="failed", failed_at=now)
    vera.writes("Three")
    assert planned("bob") == now + EMAIL_INTERVAL


def test_an_agent_online_when_it_is_due_is_emailed_when_offline(
    acme, vera, lead_to_bob, online, offline
):
    vera.writes("Two")
    online(acme.bob)  # as when Redis was cleared and their page sent its next heartbeat
    pass_time(FIRST_DELAY)
    assert mailed() == []
    offline(acme.bob)
    pass_time(RECHECK_AFTER)
    assert len(mailed()) == 1


def test_while_presence_is_unknown_the_sweep_emails_no_assignee(acme, lead_to_bob):
    pass_time(2 * UNANSWERED_FOR)
    with patch("teams.presence.find_online", return_value=None):
        email_about_unanswered()
    assert recipients() == []
    email_about_unanswered()
    assert recipients() == ["bob@acme.example"]
