"""The right person, at once, and it can say why."""

from collections import Counter
from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from routing.actions.conversation import route_conversation
from routing.actions.drain import drain_all
from routing.choice import Candidate, choose
from routing.models import Decision
from teams.actions.availability import beat, come_back, go_away
from tests.conftest import COMMITS, in_parallel


def activities(conversation):
    entries = conversation.messages.filter(kind="activity").order_by("seq")
    return [entry.text for entry in entries]


def test_chats_go_to_the_online_agents_in_turn(acme, online, new_visitor):
    online(acme.bob, acme.bea)
    chosen = [new_visitor(acme.inbox).writes().conversation.assignee for _ in range(4)]
    assert chosen == [acme.bob, acme.bea, acme.bob, acme.bea]


@COMMITS
def test_nobody_offline_or_away_gets_a_chat(acme, online, vera, new_visitor):
    online(acme.bob, acme.bea)
    go_away(acme.bob)
    assert vera.writes().conversation.assignee == acme.bea
    come_back(acme.bob)
    assert new_visitor(acme.inbox).writes().conversation.assignee == acme.bob


def test_the_administrator_who_does_not_answer_the_inbox_gets_none(acme, online, vera):
    online(acme.alice)
    assert vera.writes().conversation.assignee is None


def test_the_decision_keeps_candidates_and_reasons(acme, online, vera):
    online(acme.bob)
    conversation = vera.writes().conversation
    decision = Decision.objects.get(conversation=conversation)
    assert decision.chosen == acme.bob
    assert [(each["name"], each["code"]) for each in decision.candidates] == [
        ("Bob", "available"),
        ("Bea", "offline"),
    ]
    assert activities(conversation) == ["Assigned to Bob: round-robin, the only one available."]
    assert decision.sentence == "Bob was the only one available."


def test_a_waiting_conversation_says_why_once(acme, vera):
    conversation = vera.writes().conversation
    vera.writes("anybody?")
    assert activities(conversation) == ["Waiting: nobody is available (2 offline)."]


@COMMITS
def test_what_waits_goes_to_the_first_who_comes_online_oldest_first(acme, new_visitor):
    visitors = [new_visitor(acme.inbox) for _ in range(3)]
    conversations = [visitor.writes().conversation for visitor in visitors]
    assert {each.assignee for each in conversations} == {None}
    beat(acme.bob, tab="tab-of-a-test")
    assert set(Conversation.objects.values_list("assignee", flat=True)) == {acme.bob.pk}
    given = Decision.objects.exclude(chosen=None).order_by("created_at")
    assert [each.conversation_id for each in given] == [each.pk for each in conversations]


@COMMITS
def test_coming_back_from_away_takes_what_waits(acme, online, vera):
    online(acme.bob)
    go_away(acme.bob)
    conversation = vera.writes().conversation
    assert conversation.assignee is None
    come_back(acme.bob)
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bob


def test_the_sweep_finds_what_nobody_announced(acme, online, vera):
    conversation = vera.writes().conversation
    online(acme.bea)
    drain_all()
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bea


def test_a_manual_assignment_is_never_overwritten(acme, online, vera):
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    online(acme.bob)
    assert route_conversation(conversation, trigger="sweep") == acme.alice
    drain_all()
    conversation.refresh_from_db()
    assert conversation.assignee == acme.alice


def test_resolved_conversations_are_not_routed(acme, online, vera):
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.alice)
    online(acme.bob)
    drain_all()
    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_a_reopened_conversation_stays_with_whoever_had_it_if_they_are_there(acme, online, vera):
    online(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assert conversation.assignee == acme.bob
    resolve_conversation(conversation, by=acme.bob)
    assert vera.writes("again").conversation.assignee == acme.bob


def test_a_reopened_conversation_goes_on_when_they_are_gone(acme, online, offline, vera):
    online(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.bob)
    offline(acme.bob)
    assert vera.writes("again").conversation.assignee == acme.bea


def test_whoever_puts_it_back_is_not_given_it_again(acme, online, vera):
    online(acme.bob)
    conversation = vera.writes().conversation
    assert conversation.assignee == acme.bob
    assign_conversation(conversation, assignee=None, by=acme.bob)
    drain_all()
    conversation.refresh_from_db()
    assert conversation.assignee is None
    online(acme.bea)
    drain_all()
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bea


@COMMITS
def test_sixty_conversations_at_once_are_given_out_evenly(acme, online, new_visitor):
    online(acme.bob, acme.bea)
    visitors = [new_visitor(acme.inbox) for _ in range(60)]

    def write(number):
        for visitor in visitors[number::6]:
            visitor.writes()

    in_parallel(6, write)
    counts = Counter(Conversation.objects.values_list("assignee", flat=True))
    assert counts == {acme.bob.pk: 30, acme.bea.pk: 30}


@COMMITS
def test_drain_sweep_and_messages_at_once_do_not_deadlock(acme, new_visitor):
    visitors = [new_visitor(acme.inbox) for _ in range(24)]
    for visitor in visitors:
        visitor.writes()

    def act(number):
        if number == 0:
            beat(acme.bob, tab="tab-of-a-test")
        elif number == 1:
            beat(acme.bea, tab="tab-of-a-test")
        elif number < 4:
            drain_all()
        else:
            for visitor in visitors[number - 4 :: 4]:
                visitor.writes("still here")

    in_parallel(8, act)
    drain_all()
    assert not Conversation.objects.filter(assignee=None).exists()


@COMMITS
def test_a_manual_assignment_wins_over_routing_at_the_same_moment(acme, online, new_visitor):
    for _ in range(8):
        conversation = new_visitor(acme.inbox).writes().conversation
        online(acme.bob)

        def act(number, pk=conversation.pk):
            copy = Conversation.objects.get(pk=pk)
            if number:
                assign_conversation(copy, assignee=acme.alice, by=acme.alice)
            else:
                route_conversation(copy, trigger="sweep")

        in_parallel(2, act)
        conversation.refresh_from_db()
        assert conversation.assignee == acme.alice


def test_an_agents_reply_makes_them_the_assignee_not_the_choose(acme, vera):
    conversation = vera.writes().conversation
    post_reply(conversation, body="Hi", client_id=uuid4(), by=acme.bea)
    conversation.refresh_from_db()
    assert conversation.assignee == acme.bea
    assert activities(conversation)[-1] == "Bea took this conversation."


@pytest.mark.parametrize(
    ("turns", "chosen"),
    [([3, 1, 2], 1), ([None, 0, 1], 0), ([5, 5, 4], 2)],
)
def test_the_one_given_a_chat_least_recently_is_next(turns, chosen):
    candidates = [Candidate(uuid4(), str(n), "available", turn) for n, turn in enumerate(turns)]
    assert choose(candidates).name == str(chosen)


def test_nobody_available_is_nobody_chosen():
    assert choose([Candidate(uuid4(), "Bob", "away", 1)]) is None
    assert choose([]) is None
