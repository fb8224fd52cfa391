"""A waiting conversation always has the current reason, at little cost however many wait."""

from unittest.mock import patch

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from routing.actions import queue, waiting_reasons
from routing.actions.queue import assign_all_queues
from routing.models import Decision
from routing.tasks import assign_workspace_queue, sweep_overdue
from teams.actions.availability import set_away
from tests.conftest import goes_online
from tests.routing.engine.conftest import (
    assignee_name,
    change,
    connect,
    counted_calls,
    expire_timer,
    last_decision,
    start_conversation,
    start_conversations,
    sweep,
    texts,
)


def test_the_reason_is_updated_and_shown_once(acme, vera):
    conversation = vera.writes().conversation
    set_away(acme.bob)
    sweep()
    assert last_decision(conversation).tally == {"away": 1, "offline": 1}
    decisions = Decision.objects.count()
    vera.writes("anybody?")
    sweep()
    assert Decision.objects.count() == decisions
    assert texts(conversation) == ["Waiting: no agent is available (2 offline)."]


def test_however_many_wait_all_get_the_true_reason(acme):
    conversations = start_conversations(acme.inbox, 7)
    set_away(acme.bob)
    with patch.object(waiting_reasons, "MOST_EXPLAINED", 3):
        for _ in range(3):
            assign_all_queues()
    assert [last_decision(each).tally for each in conversations] == [{"away": 1, "offline": 1}] * 7


def test_when_agents_come_and_go_all_reasons_are_explained_in_turn(acme):
    waiting, explained = start_conversations(acme.inbox, 4), set()
    for agent in (acme.bob, acme.bea):
        set_away(agent)
        before = set(Decision.objects.values_list("pk", flat=True))
        with patch.object(waiting_reasons, "MOST_EXPLAINED", 2):
            assign_all_queues()
        new = Decision.objects.exclude(pk__in=before)
        explained |= set(new.values_list("conversation", flat=True))
    assert explained == {each.pk for each in waiting}


def test_a_conversation_that_the_system_released_says_why_it_waits(acme, vera, rules):
    """The same tally as in the decision that assigned it, but it is unassigned now."""
    rules(leads="assign")
    conversation = vera.writes().conversation
    assert assignee_name(conversation) == "Bob"
    rules(leads="queue")
    assign_conversation(conversation, assignee=None)
    sweep()
    assert (assignee_name(conversation), last_decision(conversation).rule) == (None, "queued")


def test_a_resolved_conversation_waits_for_no_one(acme, vera):
    conversation = vera.writes().conversation
    sentence = "finding an agent"
    goes_online(acme.bob)
    assert sentence in vera.call("messages/").json()["state_html"]
    resolve_conversation(conversation, by=acme.alice)
    assert sentence not in vera.call("messages/").json()["state_html"]
    assign_all_queues()
    assert assignee_name(conversation) is None


# --- What a sweep and a request do ---


def test_the_sweep_assigns_to_an_agent_who_was_not_announced(acme, vera):
    conversation = vera.writes().conversation
    goes_online(acme.bea)
    assign_all_queues()
    assert assignee_name(conversation) == "Bea"


def test_a_request_assigns_a_few_and_the_background_the_rest(acme):
    """The oldest still comes first."""
    waiting = start_conversations(acme.inbox, 6)
    with (
        patch.object(queue, "MOST_AT_ONCE", 2),
        patch.object(queue, "enqueue_on_commit") as wake,
    ):
        connect(acme.bob)
    assert [assignee_name(each) for each in waiting] == ["Bob", "Bob", None, None, None, None]
    wake.assert_called_once_with(assign_workspace_queue, str(acme.workspace.pk))
    assign_workspace_queue(str(acme.workspace.pk))
    assert {assignee_name(each) for each in waiting} == {"Bob"}


def test_the_owners_route_does_not_list_candidates_for_each_that_waits(
    acme, rules, django_assert_max_num_queries
):
    rules(to_owner=True)
    start_conversations(acme.inbox, 12)
    assign_all_queues()
    assert Conversation.objects.waiting_for_agent().count() == 12
    with django_assert_max_num_queries(20):
        assign_all_queues()


def test_many_overdue_cost_nothing_while_no_one_else_is_online(
    acme, rules, django_assert_max_num_queries
):
    rules(answer_minutes=5)
    connect(acme.bob)
    expire_timer(*start_conversations(acme.inbox, 12))
    with django_assert_max_num_queries(12):
        sweep_overdue()


def test_an_overdue_conversation_is_not_tried_for_an_absent_owner(acme, vera, rules):
    rules(answer_minutes=5, to_owner=True)
    connect(acme.bob)
    conversation = vera.writes().conversation
    set_owner(conversation.contact, owner=acme.bea, by=acme.alice)
    expire_timer(conversation)
    with counted_calls(queue, "reassign_overdue") as reassigned:
        sweep_overdue()
    assert (reassigned.call_count, assignee_name(conversation)) == (0, "Bob")
    connect(acme.bea)
    sweep_overdue()
    assert assignee_name(conversation) == "Bea"


def test_a_conversation_released_by_everyone_else_holds_up_no_sweep(acme, vera):
    """It doesn't use up the sweep's limit, and isn't explained again."""
    connect(acme.bob)
    released = vera.writes().conversation
    assign_conversation(released, assignee=None, by=acme.bob)
    change(acme.bob, capacity=1)
    assign_conversation(start_conversation(acme.inbox), assignee=acme.bob)
    other = start_conversation(acme.inbox)
    sweep()
    assert assignee_name(released) is assignee_name(other) is None
    assert last_decision(released).tally == {"released": 1, "offline": 1}
    assert last_decision(other).tally == {"at_capacity": 1, "offline": 1}
    with counted_calls(waiting_reasons, "route_conversation") as explained:
        sweep()
    assert not explained.called
