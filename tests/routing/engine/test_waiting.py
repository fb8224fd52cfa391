"""A waiting conversation says truly why it waits, however many wait."""

from unittest.mock import patch

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from routing.actions import drain, reasons
from routing.actions.drain import drain_all
from routing.actions.handover import Choice, What, hand_over_conversations
from routing.models import Decision
from routing.tasks import drain_workspace, sweep_overdue
from teams import presence
from teams.actions.announcement import announce_availability
from teams.actions.availability import go_away
from teams.actions.membership import suspend_member
from tests.conftest import COMMITS
from tests.routing.engine.conftest import (
    TAB,
    aim,
    change,
    connect,
    disconnect,
    has,
    sweep,
    texts,
    time_is_over,
    why,
)


def test_the_reason_is_brought_up_to_date_and_told_once(acme, vera):
    conversation = vera.writes().conversation
    assert why(conversation).tally == {"offline": 2}
    connect(acme.bob)
    go_away(acme.bob)
    sweep()
    assert why(conversation).tally == {"away": 1, "offline": 1}
    decisions = Decision.objects.count()
    sweep()
    assert Decision.objects.count() == decisions
    assert texts(conversation) == ["Waiting: nobody is available (2 offline)."]


def test_however_many_wait_all_get_the_true_reason(acme, new_visitor):
    conversations = [new_visitor(acme.inbox).writes().conversation for _ in range(7)]
    go_away(acme.bob)
    with patch.object(reasons, "MOST_EXPLAINED", 3):
        for _ in range(3):
            drain_all()
    assert {str(why(each).tally) for each in conversations} == {
        "{'away': 1, 'offline': 1}",
    }


@COMMITS
def test_who_put_it_back_is_a_reason_of_that_conversation_alone(acme, vera, new_visitor):
    """And it takes nobody else's place in the next sweep."""
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    change(acme.bob, capacity=1)
    assign_conversation(new_visitor(acme.inbox).writes().conversation, assignee=acme.bob)
    another = new_visitor(acme.inbox).writes().conversation
    sweep()
    assert has(conversation) is has(another) is None
    assert why(conversation).tally == {"put_it_back": 1, "offline": 1}
    assert why(another).tally == {"at_capacity": 1, "offline": 1}
    with patch.object(reasons, "route_conversation") as explained:
        sweep()
    assert not explained.called


def test_what_the_system_took_from_somebody_says_why_it_waits(acme, vera, rules):
    """The same tally as in the decision that gave it away, but nobody has it now."""
    rules(leads="turn")
    conversation = vera.writes().conversation
    assert has(conversation) == "Bob"
    rules(leads="queue")
    assign_conversation(conversation, assignee=None)
    sweep()
    assert (has(conversation), why(conversation).rule) == (None, "nobody")


def test_the_owners_route_does_not_list_candidates_for_each_that_waits(
    acme, new_visitor, rules, django_assert_max_num_queries
):
    rules(to_owner=True)
    for _ in range(12):
        new_visitor(acme.inbox).writes()
    drain_all()
    assert Conversation.objects.waiting_for_agent().count() == 12
    with django_assert_max_num_queries(20):
        drain_all()


def test_a_thousand_overdue_cost_nothing_while_nobody_else_is_there(
    acme, new_visitor, rules, django_assert_max_num_queries
):
    rules(answer_minutes=5)
    connect(acme.bob)
    time_is_over(*(new_visitor(acme.inbox).writes().conversation for _ in range(12)))
    with django_assert_max_num_queries(12):
        sweep_overdue()


@COMMITS
def test_a_request_gives_out_a_few_and_the_background_the_rest(acme, new_visitor):
    """The oldest first, all the same; and who put back many costs no request more."""
    waiting = [new_visitor(acme.inbox).writes().conversation for _ in range(6)]
    with (
        patch.object(drain, "MOST_AT_ONCE", 2),
        patch.object(drain, "wake_after_commit") as wake,
    ):
        connect(acme.bob)
    assert [has(each) for each in waiting] == ["Bob", "Bob", None, None, None, None]
    wake.assert_called_once_with(drain_workspace, str(acme.workspace.pk))
    drain_workspace(str(acme.workspace.pk))
    assert {has(each) for each in waiting} == {"Bob"}


@COMMITS
def test_what_nobody_but_who_put_it_back_could_take_does_not_hold_up_a_request(acme, new_visitor):
    connect(acme.bob)
    for _ in range(5):
        conversation = new_visitor(acme.inbox).writes().conversation
        assign_conversation(conversation, assignee=None, by=acme.bob)
    with (
        patch.object(drain, "MOST_AT_ONCE", 2),
        patch.object(drain, "route_conversation", return_value=None, __name__="r") as routed,
    ):
        announce_availability(acme.bob)
        drain_all()
    assert (routed.call_count, has(conversation)) == (0, None)


def test_the_only_one_who_could_have_it_as_a_lead_put_it_back(acme, vera, rules):
    """And is not asked all night."""
    rules(leads="turn")
    aim(acme.inbox, acme.bob)
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    disconnect(acme.bob)
    with patch.object(drain, "route_conversation", return_value=None, __name__="r") as routed:
        drain_all()
    assert (routed.call_count, has(conversation)) == (0, None)


def test_who_put_it_back_is_there_and_the_absent_get_it_as_a_lead(acme, vera, rules):
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert has(conversation) is None
    rules(leads="turn")
    drain_all()
    assert (has(conversation), why(conversation).rule) == ("Bea", "lead")


def test_an_overdue_chat_is_not_tried_for_an_owner_who_is_not_there(acme, vera, rules):
    rules(answer_minutes=5, to_owner=True)
    connect(acme.bob)
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=acme.bea, by=acme.alice)
    time_is_over(conversation)
    with patch.object(drain, "pass_on", return_value=None, __name__="p") as passed_on:
        sweep_overdue()
    assert (passed_on.call_count, has(conversation)) == (0, "Bob")
    connect(acme.bea)
    sweep_overdue()
    assert has(conversation) == "Bea"


def test_where_people_come_and_go_everybody_is_told_the_reason_in_turn(acme, new_visitor):
    waiting = [new_visitor(acme.inbox).writes().conversation for _ in range(4)]
    told = []
    for person in (acme.bob, acme.bea):
        go_away(person)
        before = set(Decision.objects.values_list("pk", flat=True))
        with patch.object(reasons, "MOST_EXPLAINED", 2):
            drain_all()
        new = Decision.objects.exclude(pk__in=before)
        told += new.order_by("created_at").values_list("conversation", flat=True)
    assert set(told) == {each.pk for each in waiting}


def test_what_waits_only_because_it_was_put_back_follows_the_others_too(acme, vera, hire):
    """The inbox is free for all the rest."""
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert why(conversation).tally == {"put_it_back": 1, "offline": 1}
    hire("Ben")
    drain_all()
    assert why(conversation).tally == {"put_it_back": 1, "offline": 2}


def test_it_does_not_go_to_and_fro_between_those_who_put_it_back(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    for _ in range(2):
        has_it = Conversation.objects.get().assignee
        assign_conversation(conversation, assignee=None, by=has_it)
    assert Conversation.objects.get().assignee is None
    assert why(conversation).tally == {"put_it_back": 2}
    vera.writes("Is anybody there?")  # another question by now
    assert Conversation.objects.get().assignee is not None


def test_whoever_is_given_it_by_a_person_may_have_put_it_back_before(acme, vera):
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    assert Conversation.objects.get().put_back_by == []


def test_a_resolved_one_begins_anew(acme, vera):
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    resolve_conversation(conversation, by=acme.alice)
    assert Conversation.objects.get().put_back_by == []


def test_what_all_put_back_in_the_evening_is_somebodys_in_the_morning(acme, vera):
    for person in (acme.bob, acme.bea):
        connect(person)
    conversation = vera.writes().conversation
    for _ in range(2):
        had_it = Conversation.objects.get().assignee
        hand_over_conversations(had_it, [Choice(conversation, What.QUEUE)], by=had_it)
        presence.forget(had_it, TAB)
        announce_availability(had_it)
    drain_all()
    assert Conversation.objects.get().assignee is None
    connect(acme.bea)
    drain_all()
    assert Conversation.objects.get().assignee == acme.bea


def test_whoever_stays_is_not_asked_again_by_a_sweep(acme, vera):
    connect(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    connect(acme.bob)
    drain_all()
    assert Conversation.objects.get().assignee is None


@COMMITS
def test_better_one_who_put_it_back_than_nobody_when_the_other_has_left(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    first = Conversation.objects.get().assignee
    assign_conversation(conversation, assignee=None, by=first)
    suspend_member(Conversation.objects.get().assignee, by=acme.alice)
    assert Conversation.objects.get().assignee == first
