"""What is read from the database for the replay, and that it decides as the engine did."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.inbox import create_inbox
from inbox.actions.message import post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation, Message
from routing.models import Routing
from routing.simulator import Arrival, Member, replay, simulate
from routing.simulator.figures import actual_outcomes, differences, figures_of
from routing.simulator.replay import read_past, rules_of, with_usual_answers
from teams.actions.availability import set_available, set_away, set_hours, set_reassign_replies
from teams.actions.status import publish_status_changes
from teams.models import StatusChange
from tests.clock import movable_clock
from tests.commits import COMMIT_EFFECTS
from tests.conftest import Vera, goes_online
from tests.routing.engine.conftest import connect
from tests.routing.hours import every_day

pytestmark = COMMIT_EFFECTS


def past_of(inbox, *rules):
    rules = rules or (rules_of(inbox, Routing.objects.of(inbox)),)
    return read_past(inbox, rules, now=timezone.now())


def replayed(inbox):
    """Return [(number, assignee in the replay)] with the current settings."""
    rules = rules_of(inbox, Routing.objects.of(inbox))
    past = past_of(inbox, rules)
    return [(each.arrival.number, each.assignee) for each in simulate(past.history, rules)]


def had(inbox):
    rows = Conversation.objects.filter(inbox=inbox).order_by("number")
    return list(rows.values_list("number", "assignee"))


def set_routing(inbox, **rules):
    routing = Routing.objects.of(inbox)
    for name, value in rules.items():
        setattr(routing, name, value)
    routing.save()


def test_the_replay_gives_the_same_people_as_the_engine_did(acme, new_visitor):
    set_routing(acme.inbox, leads="queue")
    waiting = new_visitor(acme.inbox)
    waiting.writes()
    connect(acme.bea)
    visitors = [new_visitor(acme.inbox) for _ in range(7)]
    for visitor in visitors[:2]:
        visitor.writes()
    connect(acme.bob)
    for visitor in visitors[2:5]:
        visitor.writes()
    set_away(acme.bea)
    for visitor in visitors[5:]:
        visitor.writes()
    assert len(set(had(acme.inbox))) == 8
    assert replayed(acme.inbox) == had(acme.inbox)
    past = past_of(acme.inbox)
    rules = rules_of(acme.inbox, Routing.objects.of(acme.inbox))
    assert differences(actual_outcomes(past.history), simulate(past.history, rules)) == []


def test_the_same_with_leads_and_limits(acme, new_visitor):
    set_routing(acme.inbox, leads="assign")
    acme.bob.capacity = 2
    acme.bob.save()
    first = new_visitor(acme.inbox).writes().conversation
    second = new_visitor(acme.inbox).writes().conversation
    assert {first.assignee, second.assignee} == {acme.bob, acme.bea}
    resolve_conversation(second, by=acme.bea)
    connect(acme.bob, acme.bea)
    for _ in range(4):
        new_visitor(acme.inbox).writes()
    assert replayed(acme.inbox) == had(acme.inbox)


def test_an_owner_counts_as_they_are_now(acme, vera):
    set_routing(acme.inbox, to_owner=True)
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert replayed(acme.inbox) == [(conversation.number, acme.bob.pk)]
    set_owner(conversation.contact, owner=acme.bea, by=acme.alice)
    assert replayed(acme.inbox) == [(conversation.number, acme.bea.pk)]


def test_reopened_is_an_arrival_of_its_own(acme, vera):
    connect(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    post_reply(conversation, body="Yes?", client_id=uuid4(), by=acme.bob)
    resolve_conversation(conversation, by=acme.bob)
    vera.writes("again")
    first, second = past_of(acme.inbox).history.arrivals
    assert (first.reopened, second.reopened) == (False, True)
    assert (first.assignee, second.previous_assignee, second.assignee) == (acme.bob.pk,) * 3
    assert first.at <= first.first_assigned_at <= first.answered_at <= first.ends_at <= second.at
    assert (second.answered_at, second.ends_at) == (None, None)
    assert [person for _number, person in replayed(acme.inbox)] == [acme.bob.pk] * 2


def test_what_a_person_did_counts_as_what_happened_and_is_not_repeated(acme, vera):
    set_routing(acme.inbox, leads="queue")
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    [arrival] = past_of(acme.inbox).history.arrivals
    assert (arrival.assignee, arrival.first_assignee) == (acme.alice.pk, None)
    assert replayed(acme.inbox) == [(conversation.number, None)]


def test_a_conversation_resolved_from_the_queue_is_assigned_to_no_later_arrival(acme, new_visitor):
    set_routing(acme.inbox, leads="queue")
    spam, question = (new_visitor(acme.inbox).writes().conversation for _ in range(2))
    resolve_conversation(spam, by=acme.alice)
    figures = figures_of(actual_outcomes(past_of(acme.inbox).history), timezone.now().timestamp())
    assert (figures.still_waiting, figures.closed_waiting) == (1, 1)
    connect(acme.bob)
    assert replayed(acme.inbox) == [(spam.number, None), (question.number, acme.bob.pk)]


def test_an_agents_speed_counts_from_when_they_got_it_themselves(acme, vera):
    connect(acme.bob)
    conversation = vera.writes().conversation
    assert conversation.assignee == acme.bob
    assign_conversation(conversation, assignee=acme.bea, by=acme.bob)
    post_reply(conversation, body="Yes?", client_id=uuid4(), by=acme.bea)
    assigned = conversation.messages.filter(activity="assigned").order_by("seq")
    [arrival] = past_of(acme.inbox).history.arrivals
    assert arrival.assignee == acme.bea.pk
    assert [arrival.first_assigned_at, arrival.assigned_at] == [
        each.created_at.timestamp() for each in assigned
    ]


def test_an_answer_straight_from_the_queue_is_no_measure(acme, vera):
    conversation = vera.writes().conversation
    post_reply(conversation, body="Yes?", client_id=uuid4(), by=acme.bea)
    [arrival] = past_of(acme.inbox).history.arrivals
    assert (arrival.assignee, arrival.assigned_at) == (acme.bea.pk, None)


def test_a_speed_is_measured_from_when_they_had_it_and_were_available():
    bob = Member(uuid4(), "Bob", ((0, "offline"), (1000, "available")))
    bea, ben = Member(uuid4(), "Bea", ((0, "available"),)), Member(uuid4(), "Ben")
    arrivals = [
        Arrival(1, 10, assignee=bob.id, first_assigned_at=10, assigned_at=10, answered_at=1030),
        Arrival(2, 10, assignee=bea.id, first_assigned_at=10, assigned_at=310, answered_at=350),
        Arrival(3, 400, assignee=bea.id, first_assigned_at=900, answered_at=900),
    ]
    people = with_usual_answers([bob, bea, ben], arrivals)
    assert [each.answers_within for each in people] == [30, 40, 35]


def test_what_reassigned_replies_moved_is_moved_in_the_replay_too(acme, vera):
    set_reassign_replies(acme.bea, True)
    connect(acme.bea)
    with movable_clock() as clock:
        conversation = vera.writes().conversation
        vera.writes("More")
        post_reply(conversation, body="Yes?", client_id=uuid4(), by=acme.bea)
        connect(acme.bob)
        set_away(acme.bea)
        vera.writes("Still there?")
        clock.advance(minutes=1)  # in the replay it lasts as long, from an earlier assignment on
        resolve_conversation(conversation, by=acme.bob)
        set_available(acme.bea)
        vera.writes("Again")
        [first, _second] = past_of(acme.inbox).history.arrivals
        assert len(first.replies) == 1
        assert [person for _number, person in replayed(acme.inbox)] == [acme.bea.pk, acme.bob.pk]
        set_reassign_replies(acme.bea, False)
        assert [person for _number, person in replayed(acme.inbox)] == [acme.bea.pk, acme.bea.pk]


def test_further_messages_are_read_only_if_an_agent_reassigns_replies(acme, vera):
    connect(acme.bob)
    vera.writes()
    set_away(acme.bob)
    vera.writes("More")
    assert [each.replies for each in past_of(acme.inbox).history.arrivals] == [()]
    set_reassign_replies(acme.bob, True)
    assert [len(each.replies) for each in past_of(acme.inbox).history.arrivals] == [1]


def test_at_capacity_is_online_and_the_replay_counts_by_itself(acme, vera):
    acme.bob.capacity = 1
    acme.bob.save()
    goes_online(acme.bob)
    conversation = vera.writes().conversation
    assert conversation.assignee == acme.bob
    publish_status_changes(acme.bob)
    assert StatusChange.objects.get(membership=acme.bob).status == "at_capacity"
    [bob] = [each for each in past_of(acme.inbox).history.members if each.id == acme.bob.pk]
    assert [code for _at, code in bob.states] == ["available"]


def test_office_hours_count_as_they_are_now(acme):
    connect(acme.bob)
    change = StatusChange.objects.get(membership=acme.bob)
    change.created_at = timezone.now() - timedelta(days=3)
    change.save()
    acme.bob.hours = every_day("09:00", "10:00")
    acme.bob.save()
    [bob] = [each for each in past_of(acme.inbox).history.members if each.id == acme.bob.pk]
    codes = [code for at, code in bob.states if at > change.created_at.timestamp()]
    assert set(codes) == {"available", "outside_office_hours"}
    assert len(codes) in (5, 6, 7)
    began = [at for at, code in bob.states if code == "available"][1:]
    assert {datetime.fromtimestamp(at, UTC).hour for at in began} <= {9}


ROUND_THE_CLOCK = every_day("00:00", "24:00")


def count_unavailable(inbox):
    """Return how many conversations were really assigned to someone unavailable."""
    history = past_of(inbox).history
    return figures_of(actual_outcomes(history), history.ends_at).unavailable


@pytest.mark.parametrize("hours", [{}, ROUND_THE_CLOCK], ids=["no hours", "hours"])
def test_before_presence_was_recorded_no_agent_counts_as_offline(acme, vera, hours):
    acme.bob.hours = hours
    acme.bob.save()
    connect(acme.bob)
    vera.writes()
    for row in [*Message.objects.all(), *Conversation.objects.all()]:
        row.created_at -= timedelta(days=10)
        row.save()
    publish_status_changes(acme.bob)
    assert count_unavailable(acme.inbox) == 0


def test_hours_set_today_do_not_change_who_was_online_yesterday(acme, vera):
    connect(acme.bob)
    assert vera.writes().conversation.assignee == acme.bob
    another_day = (timezone.now().weekday() + 3) % 7
    hours = {"week": [{"day": another_day, "from": "09:00", "to": "10:00"}]}
    set_hours(acme.bob, hours=hours, time_zone="", by=acme.bob)
    assert count_unavailable(acme.inbox) == 0


def test_an_assignee_who_was_unavailable_by_the_recorded_status_counts(acme, vera):
    set_routing(acme.inbox, leads="assign")
    for each in (acme.bob, acme.bea):
        set_hours(each, hours=ROUND_THE_CLOCK, time_zone="", by=each)
        set_away(each)
        publish_status_changes(each)
    assert vera.writes().conversation.assignee in (acme.bob, acme.bea)
    assert count_unavailable(acme.inbox) == 1


def test_conversations_of_other_inboxes_count_for_agents_with_a_limit(acme, vera):
    other = create_inbox(acme.workspace, name="Shop", members=[acme.bob, acme.bea])
    connect(acme.bob)
    elsewhere = Vera(other).writes().conversation
    assert elsewhere.assignee == acme.bob
    assert past_of(acme.inbox).history.open_changes == ()
    acme.bob.capacity = 1
    acme.bob.save()
    vera.writes()
    [(_at, pk, step)] = past_of(acme.inbox).history.open_changes
    assert (pk, step) == (acme.bob.pk, 1)


def test_more_than_can_be_replayed_begins_later_and_says_so(acme, new_visitor, monkeypatch):
    conversations = [new_visitor(acme.inbox).writes().conversation for _ in range(4)]
    assert past_of(acme.inbox).is_cut is False
    monkeypatch.setattr(replay, "MOST_CONVERSATIONS", 2)
    past = past_of(acme.inbox)
    assert past.is_cut is True
    assert [each.number for each in past.history.arrivals] == [
        each.number for each in conversations[2:]
    ]


def record_statuses(person, *codes, days_ago):
    """Record these statuses, each a day later than the one before."""
    for late, code in enumerate(codes):
        at = timezone.now() - timedelta(days=days_ago - late)
        person.status_changes.create(workspace=person.workspace, status=code, created_at=at)


def test_so_do_more_states_than_are_read(acme, new_visitor, monkeypatch):
    record_statuses(acme.bob, "available", "away", "available", "away", days_ago=9)
    record_statuses(acme.bea, "away", "available", days_ago=20)
    chats = [new_visitor(acme.inbox).writes().conversation for _ in range(2)]
    chats[0].created_at -= timedelta(days=8, hours=12)
    chats[0].save()
    monkeypatch.setattr(replay, "MOST_STATES", 6)
    assert past_of(acme.inbox).is_cut is False
    monkeypatch.setattr(replay, "MOST_STATES", 2)
    past = past_of(acme.inbox)
    assert past.is_cut is True
    assert [each.number for each in past.history.arrivals] == [chats[1].number]
    states = {each.name: [code for _at, code in each.states] for each in past.history.members}
    assert states == {"Bob": ["away", "available", "away"], "Bea": ["available"]}


def test_the_states_of_agents_of_other_inboxes_are_not_read(acme, vera):
    other = create_inbox(acme.workspace, name="Shop", members=[acme.alice])
    acme.alice.capacity = 5
    acme.alice.save()
    connect(acme.alice)
    assert Vera(other).writes().conversation.assignee == acme.alice
    vera.writes()
    history = past_of(acme.inbox).history
    assert {each.name for each in history.members} == {"Bob", "Bea"}
    assert history.open_changes == ()


def test_it_says_since_when_presence_is_known(acme, vera):
    vera.writes()
    assert past_of(acme.inbox).presence_since is None
    connect(acme.bob)
    assert past_of(acme.inbox).presence_since == StatusChange.objects.get().created_at


def test_another_workspace_is_no_part_of_it(acme, globex, vera):
    vera.writes()
    Vera(globex.inbox).writes()
    history = past_of(acme.inbox).history
    assert len(history.arrivals) == 1
    assert {each.name for each in history.members} == {"Bob", "Bea"}


def test_few_queries_whatever_the_length(acme, new_visitor):
    for _ in range(12):
        new_visitor(acme.inbox).writes()
    rules = rules_of(acme.inbox, Routing.objects.of(acme.inbox))
    with CaptureQueriesContext(connection) as queries:
        read_past(acme.inbox, [rules], now=timezone.now())
    assert len(queries) <= 8
