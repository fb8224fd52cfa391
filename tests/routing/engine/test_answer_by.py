"""Whoever was given a chat and does not answer in time loses it to the next."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.actions.snooze import snooze_conversation, wake_conversation, wake_due
from inbox.models import Conversation, Inbox
from routing.actions.handover import Choice, What, hand_over_conversations, undo_hand_over
from routing.models import Decision
from routing.tasks import sweep_overdue
from teams import presence
from teams.actions.availability import beat, come_back, go_away
from teams.actions.membership import remove_member
from tests.conftest import COMMITS, in_parallel
from tests.routing.engine.conftest import (
    TAB,
    answers,
    change,
    codes,
    has,
    mailed,
    running,
    stored,
    sweep,
    texts,
    time_is_over,
    why,
)


@pytest.fixture(autouse=True)
def _five_minutes(rules):
    rules(answer_minutes=5)


@pytest.fixture
def bobs(acme, vera, online):
    """A chat that Bob was given, with Bea there too."""
    online(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert has(conversation) == "Bob"
    return conversation


def test_off_no_time_runs(acme, vera, online, rules):
    rules(answer_minutes=None)
    online(acme.bob)
    assert running(vera.writes().conversation) is None


def test_it_moves_when_the_time_is_over_and_not_before(acme, bobs, clock):
    clock.moves(minutes=4, seconds=58)
    sweep_overdue()
    assert has(bobs) == "Bob"
    clock.moves(seconds=3)
    sweep_overdue()
    assert has(bobs) == "Bea"
    assert running(bobs) == 5
    assert (why(bobs).trigger, codes(bobs)) == (
        "timer",
        {"Bea": "available", "Bob": "let_it_pass"},
    )
    assert texts(bobs)[-1] == (
        "Assigned to Bea: Bob did not answer within 5 minutes; round-robin, the only one available."
    )


def test_it_is_nobodys_fault_but_the_owners_mail_is_not_sent(acme, bobs):
    time_is_over(bobs)
    sweep_overdue()
    assert mailed("passed_on") == mailed() == []


def test_what_a_person_gave_them_stays(acme, bobs):
    assign_conversation(bobs, assignee=None, by=acme.alice)
    assign_conversation(bobs, assignee=acme.bob, by=acme.alice)
    assert running(bobs) is None
    Conversation.objects.update(
        answer_from=timezone.now() - timedelta(minutes=9),
        answer_by=timezone.now() - timedelta(minutes=4),
    )
    sweep()
    assert has(bobs) == "Bob"


def test_the_contacts_next_message_starts_no_time_for_what_a_person_gave(acme, bobs, vera):
    assign_conversation(bobs, assignee=acme.bea, by=acme.alice)
    vera.writes("Hello?")
    assert running(bobs) is None


@COMMITS
def test_nobody_else_is_there_and_it_moves_as_soon_as_somebody_is(acme, vera, online):
    online(acme.bob)
    conversation = vera.writes().conversation
    time_is_over(conversation)
    sweep()
    assert has(conversation) == "Bob"
    assert Decision.objects.filter(chosen=None).count() == 0
    beat(acme.bea, tab=TAB)
    assert has(conversation) == "Bea"


@COMMITS
def test_room_that_becomes_free_for_another_is_no_new_time(acme, vera, online, new_visitor):
    """Bob resolves one of his chats: the one that he lets wait is overdue all the same."""
    change(acme.bob, capacity=5)
    online(acme.bob)
    conversation = vera.writes().conversation
    another = new_visitor(acme.inbox).writes().conversation
    time_is_over(conversation)
    resolve_conversation(another, by=acme.bob)
    assert stored(conversation).is_overdue
    beat(acme.bea, tab=TAB)
    assert has(conversation) == "Bea"


def test_an_answer_stops_it(acme, bobs):
    answers(acme.bob, bobs)
    assert running(bobs) is None
    sweep_overdue()
    assert has(bobs) == "Bob"


def test_a_colleagues_answer_stops_it_too(acme, bobs):
    answers(acme.alice, bobs)
    assert running(bobs) is None


def test_the_next_question_starts_it_again(acme, bobs, vera):
    answers(acme.bob, bobs)
    vera.writes("And tomorrow?")
    assert running(bobs) == 5
    time_is_over(bobs)
    sweep_overdue()
    assert has(bobs) == "Bea"


def test_a_second_sentence_is_no_new_time(acme, bobs, vera, clock):
    by = stored(bobs).answer_by
    clock.moves(minutes=4)
    vera.writes("Hello?")
    assert stored(bobs).answer_by == by


def test_what_was_resolved_and_reopened_by_an_agent_is_not_overdue(acme, bobs, vera):
    resolve_conversation(bobs, by=acme.bob)
    reopen_conversation(stored(bobs), by=acme.bob)
    Conversation.objects.filter(answer_by__isnull=False).update(answer_by=timezone.now())
    sweep_overdue()
    assert has(bobs) == "Bob"
    vera.writes("One more thing")
    assert running(bobs) == 5


def test_the_rule_is_turned_off_and_nothing_moves_any_more(acme, bobs, rules):
    rules(answer_minutes=None)
    time_is_over(bobs)
    sweep_overdue()
    assert (has(bobs), running(bobs)) == ("Bob", None)


def test_everybody_let_it_pass_and_it_stays_with_the_last(acme, bobs):
    for _ in range(4):
        time_is_over(bobs)
        sweep_overdue()
    assert has(bobs) == "Bea"
    assert Decision.objects.count() == 2


def test_after_an_answer_whoever_let_it_pass_is_asked_again(acme, bobs, vera):
    time_is_over(bobs)
    sweep_overdue()
    answers(acme.bea, bobs)
    vera.writes("And tomorrow?")
    time_is_over(bobs)
    sweep_overdue()
    assert has(bobs) == "Bob"


def test_a_new_episode_holds_nothing_against_anybody(acme, bobs, vera):
    time_is_over(bobs)
    sweep_overdue()
    resolve_conversation(bobs, by=acme.bea)
    go_away(acme.bea)
    vera.writes("again")
    assert has(bobs) == "Bob"


@COMMITS
def test_better_somebody_who_let_it_pass_than_nobody(acme, bobs):
    time_is_over(bobs)
    sweep_overdue()
    remove_member(acme.bea, by=acme.alice)
    assert has(bobs) == "Bob"


@COMMITS
@pytest.mark.parametrize("is_over", [True, False])
def test_whoever_comes_online_gets_their_time_anew(acme, vera, rules, is_over):
    """A lead of the night: in the morning its time begins, also when little of it is left."""
    rules(leads="turn")
    conversation = vera.writes().conversation
    if is_over:
        time_is_over(conversation)
    else:
        Conversation.objects.update(
            answer_from=timezone.now() - timedelta(minutes=4),
            answer_by=timezone.now() + timedelta(minutes=1),
        )
    before = timezone.now()
    beat(acme.bob, tab=TAB)
    assert has(conversation) == "Bob"
    assert stored(conversation).answer_from >= before
    assert round(running(conversation)) == 5
    beat(acme.bea, tab=TAB)
    sweep()
    assert has(conversation) == "Bob"


@COMMITS
def test_the_first_of_the_morning_does_not_get_the_leads_of_the_others(acme, new_visitor, rules):
    """Bob and Bea come at the same moment; whichever is announced first."""
    rules(leads="turn")
    leads = [new_visitor(acme.inbox).writes().conversation for _ in range(6)]
    had = [has(each) for each in leads]
    assert had == ["Bob", "Bea"] * 3
    time_is_over(*leads)
    for membership in (acme.bob, acme.bea):
        presence.beat(membership, TAB)
    sweep()
    assert [has(each) for each in leads] == had


@COMMITS
def test_away_and_back_is_coming_too(acme, bobs):
    go_away(acme.bob)
    change(acme.bea, capacity=1)
    time_is_over(bobs)
    come_back(acme.bob)
    assert has(bobs) == "Bob"
    assert not stored(bobs).is_overdue


@COMMITS
def test_two_workers_pass_it_on_once(acme, hire, online, vera):
    online(acme.bob, acme.bea, hire("Ben"), hire("Bill"))
    for body in ("one", "two", "three"):
        conversation = vera.writes(body).conversation
        before = Decision.objects.count()
        time_is_over(conversation)
        in_parallel(4, lambda number: sweep_overdue())
        assert Decision.objects.count() == before + 1
        answers(stored(conversation).assignee, conversation)


@pytest.mark.parametrize("by_agent", [True, False])
def test_a_snooze_is_no_way_out(acme, bobs, clock, by_agent):
    """The contact waits still: Bob has the whole time again, and then it goes on."""
    snooze_conversation(bobs, until=timezone.now() + timedelta(hours=1), by=acme.bob)
    assert running(bobs) is None
    clock.moves(hours=1, seconds=1)
    beat(acme.bob, tab=TAB)
    beat(acme.bea, tab=TAB)
    assert wake_conversation(bobs, by=acme.bob) if by_agent else wake_due()
    assert (has(bobs), running(bobs)) == ("Bob", 5)
    clock.moves(minutes=5, seconds=1)
    sweep_overdue()
    assert has(bobs) == "Bea"


def test_what_was_answered_and_snoozed_comes_back_without_a_timer(acme, bobs):
    answers(acme.bob, bobs)
    snooze_conversation(bobs, until=timezone.now() + timedelta(hours=1), by=acme.bob)
    wake_conversation(bobs, by=acme.bob)
    assert running(bobs) is None


def test_what_was_handed_over_and_taken_back_goes_on_all_the_same(acme, bobs):
    to_bea = Choice(bobs, What.PERSON, to=acme.bea)
    undo_hand_over(hand_over_conversations(acme.bob, [to_bea], by=acme.bob), by=acme.bob)
    assert (has(bobs), running(bobs)) == ("Bob", 5)
    time_is_over(bobs)
    sweep_overdue()
    assert has(bobs) == "Bea"


def test_what_a_person_gave_them_stays_theirs_when_it_is_taken_back(acme, bobs):
    assign_conversation(bobs, assignee=acme.bea, by=acme.alice)
    assign_conversation(bobs, assignee=acme.bob, by=acme.alice)
    to_bea = Choice(bobs, What.PERSON, to=acme.bea)
    undo_hand_over(hand_over_conversations(acme.bob, [to_bea], by=acme.bob), by=acme.bob)
    assert (has(bobs), running(bobs)) == ("Bob", None)


@COMMITS
def test_the_time_to_answer_begins_when_the_inbox_opens(acme, new_visitor, rules, clock):
    """Who comes before it opens has not let anything pass by then."""
    rules(leads="turn")
    Inbox.objects.filter(pk=acme.inbox.pk).update(
        hours={"week": [{"day": day, "from": "09:00", "to": "17:00"} for day in range(7)]}
    )
    inbox = Inbox.objects.select_related("workspace").get(pk=acme.inbox.pk)
    clock.set(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    leads = [new_visitor(inbox).writes().conversation for _ in range(4)]
    had = [has(each) for each in leads]
    clock.moves(minutes=20)
    for membership in (acme.bob, acme.bea):
        beat(membership, tab=TAB)
    clock.moves(minutes=11)
    sweep()
    assert [has(each) for each in leads] == had
    assert {stored(each).answer_by.strftime("%H:%M") for each in leads} == {"09:05"}
