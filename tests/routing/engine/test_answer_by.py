"""An agent who does not answer in time loses the conversation to the next one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.actions.snooze import snooze_conversation, wake_conversation, wake_due_conversations
from inbox.models import Conversation, Inbox
from routing.handover.actions import Action, Choice, hand_over_conversations
from routing.handover.undo import undo_handover
from routing.models import Decision
from routing.tasks import sweep_overdue
from teams.actions.availability import set_available, set_away
from teams.actions.membership import remove_member
from tests.conftest import goes_online
from tests.routing.engine.conftest import (
    assignee_name,
    candidate_statuses,
    change,
    connect,
    expire_timer,
    last_decision,
    names_emailed,
    reply_as,
    start_conversation,
    start_conversations,
    stored,
    sweep,
    texts,
    timer_minutes,
)
from tests.routing.hours import NINE_TO_FIVE


@pytest.fixture(autouse=True)
def _five_minutes(rules):
    rules(answer_minutes=5)


@pytest.fixture
def held_by_bob(acme, vera):
    """A conversation that Bob was given while Bea was online too."""
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert (assignee_name(conversation), timer_minutes(conversation)) == ("Bob", 5)
    return conversation


def runs_out(conversation):
    expire_timer(conversation)
    sweep_overdue()


def set_timer(ends_in):
    """Set the timer as if it had been started five minutes before it ends."""
    ends = timezone.now() + timedelta(minutes=ends_in)
    Conversation.objects.update(
        response_timer_started_at=ends - timedelta(minutes=5), response_due_at=ends
    )


def hand_to_bea_and_back(acme, conversation):
    to_bea = Choice(conversation, Action.ASSIGN, to=acme.bea)
    undo_handover(hand_over_conversations(acme.bob, [to_bea], by=acme.bob), by=acme.bob)


# --- It moves when the time is over ---


def test_it_moves_when_the_time_is_over_and_not_before(acme, held_by_bob, clock):
    clock.advance(minutes=4, seconds=50)
    sweep_overdue()
    assert assignee_name(held_by_bob) == "Bob"
    clock.advance(seconds=11)
    sweep_overdue()
    assert (assignee_name(held_by_bob), timer_minutes(held_by_bob)) == ("Bea", 5)
    assert last_decision(held_by_bob).trigger == "timer"
    assert candidate_statuses(held_by_bob) == {"Bea": "available", "Bob": "timed_out"}
    assert texts(held_by_bob)[-1] == (
        "Assigned to Bea: Bob didn't answer within 5 minutes; round robin, the only one available."
    )
    assert names_emailed("reassigned") == names_emailed() == [], "only an owner is emailed"


def test_it_waits_for_the_next_to_come_online(acme, vera):
    connect(acme.bob)
    conversation = vera.writes().conversation
    expire_timer(conversation)
    sweep()
    assert assignee_name(conversation) == "Bob"
    assert not Decision.objects.filter(chosen=None).exists()
    connect(acme.bea)
    assert assignee_name(conversation) == "Bea"


def test_when_it_timed_out_for_everyone_it_stays_with_the_last(acme, held_by_bob):
    for _ in range(4):
        runs_out(held_by_bob)
    assert assignee_name(held_by_bob) == "Bea"
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("episode", ["answered", "resolved", "the other one removed"])
def test_an_agent_it_timed_out_for_is_asked_again(acme, held_by_bob, vera, episode):
    """They are asked after an answer, after a new message, and if there is no one else."""
    runs_out(held_by_bob)
    if episode == "answered":
        reply_as(acme.bea, held_by_bob)
        vera.writes("And tomorrow?")
        runs_out(held_by_bob)
    elif episode == "resolved":
        resolve_conversation(held_by_bob, by=acme.bea)
        set_away(acme.bea)
        vera.writes("again")
    else:
        remove_member(acme.bea, by=acme.alice)
    assert assignee_name(held_by_bob) == "Bob"


# --- When no timer runs ---


def assigned_by_alice(acme, conversation, vera):
    assign_conversation(conversation, assignee=None, by=acme.alice)
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)


def assigned_by_alice_and_written_to(acme, conversation, vera):
    assigned_by_alice(acme, conversation, vera)
    vera.writes("Hello?")


def answered_by_bob(acme, conversation, vera):
    reply_as(acme.bob, conversation)


def answered_by_alice(acme, conversation, vera):
    reply_as(acme.alice, conversation)


def answered_and_snoozed(acme, conversation, vera):
    reply_as(acme.bob, conversation)
    snooze_conversation(conversation, until=timezone.now() + timedelta(hours=1), by=acme.bob)
    wake_conversation(conversation, by=acme.bob)


def assigned_by_alice_handed_over_and_back(acme, conversation, vera):
    assigned_by_alice(acme, conversation, vera)
    hand_to_bea_and_back(acme, conversation)


NO_TIMER = [
    assigned_by_alice,
    assigned_by_alice_and_written_to,
    assigned_by_alice_handed_over_and_back,
    answered_by_bob,
    answered_by_alice,
    answered_and_snoozed,
]


@pytest.mark.parametrize("becomes", NO_TIMER)
def test_no_timer_runs(acme, held_by_bob, vera, becomes):
    becomes(acme, held_by_bob, vera)
    assert (assignee_name(held_by_bob), timer_minutes(held_by_bob)) == ("Bob", None)
    sweep_overdue()
    assert assignee_name(held_by_bob) == "Bob"


@pytest.mark.parametrize("becomes", [assigned_by_alice, "reopened by Bob"])
def test_a_timer_that_does_not_count_moves_nothing(acme, held_by_bob, vera, becomes):
    if becomes is assigned_by_alice:
        assigned_by_alice(acme, held_by_bob, vera)
    else:
        resolve_conversation(held_by_bob, by=acme.bob)
        reopen_conversation(stored(held_by_bob), by=acme.bob)
    set_timer(ends_in=-4)
    sweep()
    assert assignee_name(held_by_bob) == "Bob"


def test_without_the_rule_no_timer_is_started_and_a_running_one_ends(
    acme, held_by_bob, new_visitor, rules
):
    rules(answer_minutes=None)
    assert timer_minutes(start_conversation(acme.inbox)) is None
    runs_out(held_by_bob)
    assert (assignee_name(held_by_bob), timer_minutes(held_by_bob)) == ("Bob", None)


# --- When it starts, and starts again ---


def test_the_next_question_starts_it_again_and_a_second_sentence_does_not(
    acme, held_by_bob, vera, clock
):
    reply_as(acme.bob, held_by_bob)
    vera.writes("And tomorrow?")
    assert timer_minutes(held_by_bob) == 5
    ends = stored(held_by_bob).response_due_at
    clock.advance(minutes=4)
    vera.writes("Hello?")
    assert stored(held_by_bob).response_due_at == ends
    runs_out(held_by_bob)
    assert assignee_name(held_by_bob) == "Bea"


def test_reopened_by_an_agent_it_starts_with_the_contacts_next_message(acme, held_by_bob, vera):
    resolve_conversation(held_by_bob, by=acme.bob)
    reopen_conversation(stored(held_by_bob), by=acme.bob)
    vera.writes("One more thing")
    assert timer_minutes(held_by_bob) == 5


def test_room_that_becomes_free_is_no_new_time(acme, vera):
    """Bob resolves one of his conversations. The one that he leaves waiting is still overdue."""
    change(acme.bob, capacity=5)
    connect(acme.bob)
    conversation, other = vera.writes().conversation, start_conversation(acme.inbox)
    expire_timer(conversation)
    resolve_conversation(other, by=acme.bob)
    assert stored(conversation).is_overdue
    connect(acme.bea)
    assert assignee_name(conversation) == "Bea"


@pytest.mark.parametrize("ends_in", [-1, 1])
def test_an_agent_who_comes_online_gets_the_whole_time(acme, vera, rules, ends_in):
    """The time for an email lead of the night begins in the morning, even if little is left."""
    rules(leads="assign")
    conversation = vera.writes().conversation
    set_timer(ends_in)
    before = timezone.now()
    connect(acme.bob)
    assert assignee_name(conversation) == "Bob"
    assert stored(conversation).response_timer_started_at >= before
    assert round(timer_minutes(conversation)) == 5
    connect(acme.bea)
    sweep()
    assert assignee_name(conversation) == "Bob"


def test_coming_back_from_away_is_coming_online_too(acme, held_by_bob):
    set_away(acme.bob)
    change(acme.bea, capacity=1)
    expire_timer(held_by_bob)
    set_available(acme.bob)
    assert assignee_name(held_by_bob) == "Bob"
    assert not stored(held_by_bob).is_overdue


def test_the_first_of_the_morning_does_not_get_the_leads_of_the_others(acme, rules):
    """Bob and Bea come online at the same moment, and either may be published first."""
    rules(leads="assign")
    leads = start_conversations(acme.inbox, 6)
    assert [assignee_name(each) for each in leads] == ["Bob", "Bea"] * 3
    expire_timer(*leads)
    goes_online(acme.bob, acme.bea)
    sweep()
    assert [assignee_name(each) for each in leads] == ["Bob", "Bea"] * 3


def test_the_time_to_answer_begins_when_the_inbox_opens(acme, rules, clock):
    """Agents who come online before it opens haven't missed anything by then."""
    rules(leads="assign")
    Inbox.objects.filter(pk=acme.inbox.pk).update(hours=NINE_TO_FIVE)
    inbox = Inbox.objects.select_related("workspace").get(pk=acme.inbox.pk)
    clock.set(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    leads = start_conversations(inbox, 4)
    had = [assignee_name(each) for each in leads]
    clock.advance(minutes=20)
    connect(acme.bob, acme.bea)
    clock.advance(minutes=11)
    sweep()
    assert [assignee_name(each) for each in leads] == had
    assert {stored(each).response_due_at.strftime("%H:%M") for each in leads} == {"09:05"}


@pytest.mark.parametrize("by_agent", [True, False])
def test_after_a_snooze_the_whole_time_runs_again(acme, held_by_bob, clock, by_agent):
    """The contact is still waiting, so a snooze doesn't stop the timer for good."""
    snooze_conversation(held_by_bob, until=timezone.now() + timedelta(hours=1), by=acme.bob)
    assert timer_minutes(held_by_bob) is None
    clock.advance(hours=1, seconds=1)
    connect(acme.bob, acme.bea)
    assert wake_conversation(held_by_bob, by=acme.bob) if by_agent else wake_due_conversations()
    assert (assignee_name(held_by_bob), timer_minutes(held_by_bob)) == ("Bob", 5)
    clock.advance(minutes=5, seconds=1)
    sweep_overdue()
    assert assignee_name(held_by_bob) == "Bea"


def test_handed_over_and_taken_back_it_goes_on(acme, held_by_bob):
    hand_to_bea_and_back(acme, held_by_bob)
    assert (assignee_name(held_by_bob), timer_minutes(held_by_bob)) == ("Bob", 5)
    runs_out(held_by_bob)
    assert assignee_name(held_by_bob) == "Bea"
