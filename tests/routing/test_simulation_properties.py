"""The replay, by properties: whatever happened, and whatever the rules."""

from dataclasses import replace
from itertools import zip_longest
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.simulator import Arrival, Member, Rules
from routing.simulator.figures import figures_of
from routing.simulator.run import Run
from tests.budget import examples
from tests.routing.test_simulation import END, HERE, HOUR, history, play

CODES = st.sampled_from(["available", "away", "offline", "outside_office_hours", "day_off"])
MOMENTS = st.integers(0, END)
BUDGET = settings(max_examples=examples(quick=20, soak=2000), deadline=None)


@st.composite
def people(draw):
    found = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        moments = sorted(draw(st.sets(MOMENTS, max_size=8)))
        states = tuple((moment, draw(CODES)) for moment in moments)
        limit = draw(st.none() | st.integers(1, 3))
        speed = draw(st.none() | st.integers(0, HOUR))
        found.append(Member(UUID(int=number), str(number), states, limit, answers_within=speed))
    return found


@st.composite
def chats(draw):
    found = []
    for number, at in enumerate(draw(st.lists(MOMENTS, max_size=30))):
        ends = draw(st.none() | st.integers(at, END))
        owner = draw(st.none() | st.integers(1, 5).map(lambda each: UUID(int=each)))
        reopened = draw(st.booleans())
        found.append(Arrival(number // 2, at, ends_at=ends, owner=owner, reopened=reopened))
    return found


RULES = st.fixed_dictionaries(
    {
        "fewest_open_first": st.booleans(),
        "to_owner": st.booleans(),
        "owner_minutes": st.none() | st.integers(1, 60),
        "leads": st.sampled_from(["assign", "queue"]),
        "answer_minutes": st.none() | st.integers(1, 60),
        "keep_reopened": st.booleans(),
        "capacity": st.none() | st.integers(1, 4),
    }
)


@BUDGET
@given(people(), chats(), RULES)
def test_every_conversation_is_assigned_or_waits(people, chats, rules):
    outcomes = play(people, chats, **rules)
    assert sorted(each.arrival.at for each in outcomes) == sorted(each.at for each in chats)
    for outcome in outcomes:
        assert (outcome.assignee is None) == (outcome.assigned_at is None)
        if outcome.assignee is None and rules["leads"] == "assign":
            # Only while someone was at capacity, or no one at all had room.
            assert rules["capacity"] or any(each.capacity for each in people)


@BUDGET
@given(people(), chats(), RULES)
def test_no_unavailable_agent_is_assigned_in_turn(people, chats, rules):
    rules |= {"leads": "queue", "to_owner": False, "keep_reopened": False}
    known = {each.id: each for each in people}
    for outcome in play(people, chats, **rules):
        if outcome.assigned_at is not None and not outcome.timeouts:
            assert known[outcome.assignee].state_at(outcome.assigned_at) == "available"
            assert outcome.was_available


@BUDGET
@given(people(), chats(), RULES)
def test_no_agent_has_more_than_their_limit(people, chats, rules):
    rules |= {"to_owner": False, "keep_reopened": False, "answer_minutes": None}
    limits = {each.id: rules["capacity"] or each.capacity for each in people}
    steps = []
    for outcome in play(people, [each for each in chats if not each.reopened], **rules):
        if limits.get(outcome.assignee):
            steps.append((outcome.assigned_at, 1, outcome.assignee))
            if (ends := outcome.arrival.ends_when(outcome.assigned_at)) is not None:
                steps.append((ends, -1, outcome.assignee))
    have = dict.fromkeys(limits, 0)
    for _at, step, pk in sorted(steps):
        have[pk] += step
        assert have[pk] <= limits[pk]


@BUDGET
@given(people(), chats(), st.lists(st.sets(MOMENTS, max_size=3), max_size=30), RULES)
def test_each_open_chat_is_counted_once_for_its_agent(people, chats, replies, rules):
    people = [replace(each, reassigns_replies=True) for each in people]
    written = zip_longest(chats, replies[: len(chats)], fillvalue=())
    chats = [replace(each, replies=tuple(moments)) for each, moments in written]
    run = Run(history(people, chats), Rules(tuple(each.id for each in people), **rules))
    while run.events:
        run.step()
    for agent in run.agents.values():
        assert agent.open_count == sum(chat.agent is agent for chat in run.chats)


@BUDGET
@given(st.integers(1, 6), chats(), st.sampled_from(["assign", "queue"]))
def test_a_stable_set_shares_evenly(size, chats, leads):
    people = [Member(UUID(int=number), str(number), HERE) for number in range(1, size + 1)]
    chats = [each for each in chats if not each.reopened]
    outcomes = play(people, chats, leads=leads)
    spread = figures_of(outcomes, END).spread([each.id for each in people])
    assert spread <= 1
    assert all(each.assigned_at == each.arrival.at for each in outcomes)


@BUDGET
@given(people(), chats(), RULES)
def test_the_same_past_and_rules_give_the_same(people, chats, rules):
    assert play(people, chats, **rules) == play(people, chats, **rules)
