"""The rules of routing: the plan for each situation, and properties of the rotation."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.policy import (
    Candidate,
    Facts,
    StepKind,
    plan_assignment,
    plan_reassignment,
    plan_reopened,
    response_minutes,
    sort_candidates,
)
from routing.rules import AVAILABLE, CandidateStatus, Rule
from routing.simulator import Rules
from tests.budget import examples

BOB, BEA, BEN, OLGA = (UUID(int=number) for number in (1, 2, 3, 4))
NAMES = {BOB: "Bob", BEA: "Bea", BEN: "Ben", OLGA: "Olga"}
SETTINGS = Rules(pool=(BOB, BEA, BEN))
TO_OWNER = replace(SETTINGS, to_owner=True)


def candidates(bob="available", bea="available", ben="available", **known):
    """Bob comes first in the rotation, then Bea, then Ben."""
    statuses = zip((BOB, BEA, BEN), (bob, bea, ben), strict=True)
    return [
        Candidate(pk, NAMES[pk], status, position, **known)
        for position, (pk, status) in enumerate(statuses)
    ]


def shorten(plan):
    """The plan in short: [(kind, names)]."""
    return [(step.kind.name.lower(), *(NAMES[pk] for pk in step.members)) for step in plan]


# --- A conversation without an assignee ---


def test_the_available_are_asked_in_rotation_and_then_it_is_queued():
    found = candidates(bea="away")
    assert shorten(plan_assignment(Facts(), SETTINGS, found)) == [
        ("rotation", "Bob", "Ben"),
        ("queue",),
    ]


def test_the_owner_comes_first_whatever_their_status():
    facts = Facts(owner=OLGA, owner_status="offline")
    plan = shorten(plan_assignment(facts, TO_OWNER, candidates()))
    assert plan[:2] == [("owner", "Olga"), ("rotation", "Bob", "Bea", "Ben")]


def test_without_the_owner_setting_the_owner_is_no_one_special():
    plan = plan_assignment(Facts(owner=OLGA), SETTINGS, candidates())
    assert next(plan).kind is StepKind.ROTATION


@pytest.mark.parametrize("gave_up", ["released_by", "timed_out_for"])
def test_an_owner_who_gave_it_up_is_not_asked_first(gave_up):
    facts = Facts(owner=OLGA, **{gave_up: frozenset({OLGA})})
    assert next(plan_assignment(facts, TO_OWNER, candidates())).kind is StepKind.ROTATION


def test_members_who_released_it_are_not_asked():
    facts = Facts(released_by=frozenset({BOB, BEA, BEN}))
    assert shorten(plan_assignment(facts, SETTINGS, candidates())) == [("queue",)]


def test_members_who_let_it_time_out_are_asked_when_no_one_else_is_available():
    facts = Facts(timed_out_for=frozenset({BOB}))
    plan = list(plan_assignment(facts, SETTINGS, candidates(bea="away", ben="away")))
    assert shorten(plan) == [("rotation", "Bob"), ("queue",)]
    assert all(step.retries_timed_out for step in plan)


def test_an_owner_who_let_it_time_out_is_only_asked_again_if_available():
    facts = Facts(owner=OLGA, timed_out_for=frozenset({OLGA}))
    absent = candidates("away", "away", "away")
    assert shorten(plan_assignment(facts, replace(TO_OWNER, leads="queue"), absent)) == [
        ("owner", "Olga"),
        ("queue",),
    ]
    offline = replace(facts, owner_status="offline")
    plan = plan_assignment(offline, replace(TO_OWNER, leads="queue"), absent)
    assert shorten(plan) == [("queue",)]


def test_with_no_one_online_it_is_an_email_lead_of_the_next_in_rotation():
    plan = plan_assignment(Facts(), SETTINGS, candidates("away", "offline", "day_off"))
    assert shorten(plan) == [("lead", "Bob", "Bea", "Ben"), ("queue",)]


@pytest.mark.parametrize("status", ["at_capacity", "unknown"])
def test_no_lead_while_someone_is_or_may_be_online(status):
    plan = plan_assignment(Facts(), SETTINGS, candidates("away", "offline", status))
    assert shorten(plan) == [("queue",)]


@pytest.mark.parametrize(
    "known", [{"wants_email": False}, {"capacity": 1, "open_count": 1}], ids=["no email", "full"]
)
def test_no_lead_for_members_who_want_no_email_or_have_no_room(known):
    plan = plan_assignment(Facts(), SETTINGS, candidates("away", "away", "away", **known))
    assert shorten(plan) == [("queue",)]


def test_an_inbox_can_leave_leads_in_the_queue():
    absent = candidates("away", "away", "away")
    plan = plan_assignment(Facts(), replace(SETTINGS, leads="queue"), absent)
    assert shorten(plan) == [("queue",)]


def test_the_plan_ends_after_the_rotation_while_not_everyone_was_checked():
    absent = candidates("away", "away", "away")
    assert shorten(plan_assignment(Facts(), SETTINGS, absent, is_complete=False)) == []


# --- Reopened ---


def test_a_reopened_one_goes_back_to_its_last_assignee_if_available():
    [keep, *others] = plan_reopened(Facts(assignee=BEA), SETTINGS, candidates())
    assert (keep.kind, keep.members) == (StepKind.KEEP, (BEA,))
    bob, bea, _ben = candidates(bob="away")
    assert keep.accepts(bea)
    assert not keep.accepts(bob)
    assert shorten(others) == shorten(plan_assignment(Facts(), SETTINGS, candidates()))


def test_an_inbox_can_give_reopened_ones_back_also_to_members_who_are_offline():
    rules = replace(SETTINGS, keep_reopened=True)
    keep = next(plan_reopened(Facts(assignee=BEA), rules, candidates()))
    [_bob, bea, _ben] = candidates(bea="offline")
    assert keep.accepts(bea)
    assert keep.rule_for(bea, rules) == Rule.KEPT_OFFLINE


def test_an_owner_comes_before_the_last_assignee():
    facts = Facts(owner=OLGA, assignee=BEA)
    assert shorten(plan_reopened(facts, TO_OWNER, candidates()))[0] == ("owner", "Olga")


def test_of_an_assignee_who_reassigns_replies_others_come_first():
    facts = Facts(assignee=BEA, reassigns_replies=True)
    plan = list(plan_reopened(facts, SETTINGS, candidates(bea="away")))
    assert shorten(plan)[:2] == [("rotation", "Bob", "Ben"), ("keep", "Bea")]
    assert plan[0].reassigns_reply
    assert plan[0].from_assignee


# --- Reassignment ---


def test_it_is_reassigned_to_an_available_owner_or_in_rotation_and_else_stays():
    facts = Facts(owner=OLGA, assignee=BOB, timed_out_for=frozenset({BOB}))
    assert shorten(plan_reassignment(facts, TO_OWNER, candidates())) == [
        ("owner", "Olga"),
        ("rotation", "Bea", "Ben"),
    ]
    offline = replace(facts, owner_status="offline")
    absent = candidates(bea="away", ben="away")
    assert shorten(plan_reassignment(offline, TO_OWNER, absent)) == []


# --- Rules and minutes ---


@pytest.mark.parametrize(
    ("status", "known", "rule"),
    [
        ("available", {}, Rule.OWNER),
        ("inbox_closed", {"is_online": True}, Rule.OWNER_ONLINE),
        ("unknown", {}, Rule.OWNER_UNKNOWN),
        ("offline", {}, Rule.OWNER_OFFLINE),
        ("offline", {"wants_email": False}, Rule.OWNER_OFFLINE_NO_EMAIL),
    ],
)
def test_the_rule_says_whether_the_owner_is_emailed(status, known, rule):
    step = next(plan_assignment(Facts(owner=OLGA), TO_OWNER, []))
    assert step.rule_for(Candidate(OLGA, "Olga", status, **known), TO_OWNER) == rule


def test_owners_have_minutes_of_their_own():
    rules = replace(TO_OWNER, owner_minutes=30, answer_minutes=5)
    assert response_minutes(rules, Rule.OWNER_OFFLINE) == 30
    assert response_minutes(rules, Rule.ROUND_ROBIN) == 5
    assert response_minutes(replace(rules, to_owner=False), Rule.OWNER) == 5


# --- The rotation, for any members, whatever came before ---

STATUSES = st.sampled_from([AVAILABLE, AVAILABLE, *CandidateStatus])
BUDGET = settings(max_examples=examples(quick=25, soak=2000), deadline=None)
BEFORE = 1000  # later than any assignment that the members start with


@st.composite
def members(draw, statuses=STATUSES, least=0):
    """Candidates as routing finds them: no two were assigned at the same count."""
    numbers = draw(st.lists(st.integers(0, 99), unique=True, min_size=least, max_size=8))
    counts = draw(st.permutations(range(len(numbers))))
    newcomers = draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    return [
        Candidate(
            UUID(int=number), f"P{number}", draw(statuses), None if number in newcomers else count
        )
        for number, count in zip(numbers, counts, strict=True)
    ]


some_available = members(statuses=st.just(AVAILABLE), least=1)


def choose(candidates):
    step = next(plan_assignment(Facts(), SETTINGS, candidates))
    return step.members[0] if step.kind is StepKind.ROTATION else None


def assign(candidates, conversations, count=BEFORE):
    """Return the ids of those who are assigned, in order, and the candidates afterwards."""
    assigned, known = [], {each.membership_id: each for each in candidates}
    for number in range(conversations):
        chosen = choose(known.values())
        known[chosen] = known[chosen]._replace(last_assigned_at=count + number)
        assigned.append(chosen)
    return assigned, list(known.values())


@pytest.mark.parametrize(("counts", "chosen"), [([3, 1, 2], 1), ([None, 0, 1], 0), ([5, 5, 4], 2)])
def test_the_one_assigned_least_recently_is_next(counts, chosen):
    found = [
        Candidate(UUID(int=9 - position), "", AVAILABLE, count)
        for position, count in enumerate(counts)
    ]
    assert choose(found) == UUID(int=9 - chosen)


def test_with_fewest_open_first_the_rotation_breaks_ties():
    rules = replace(SETTINGS, fewest_open_first=True)
    bob, bea, ben = candidates()
    found = [bob._replace(open_count=2), bea._replace(open_count=1), ben._replace(open_count=1)]
    assert shorten(plan_assignment(Facts(), rules, found))[0] == ("rotation", "Bea", "Ben", "Bob")


@BUDGET
@given(members())
def test_an_available_candidate_is_chosen_if_there_is_one_and_no_other(candidates):
    chosen = choose(candidates)
    available = {each.membership_id for each in candidates if each.is_available}
    assert (chosen is None) == (not available)
    assert chosen is None or chosen in available


@BUDGET
@given(members(least=1), st.randoms())
def test_the_order_in_which_members_are_found_does_not_matter(candidates, random):
    chosen = choose(candidates)
    random.shuffle(candidates)
    assert choose(candidates) == chosen
    assert chosen is None or sort_candidates(candidates, SETTINGS)[0].membership_id == chosen


@BUDGET
@given(some_available, st.integers(0, 40))
def test_conversations_are_assigned_evenly(candidates, conversations):
    assigned, _candidates = assign(candidates, conversations)
    counts = Counter({each.membership_id: 0 for each in candidates})
    counts.update(assigned)
    assert max(counts.values()) - min(counts.values()) <= 1


@BUDGET
@given(some_available, st.integers(1, 40), st.integers(1, 40))
def test_a_newcomer_is_next_and_is_then_one_of_the_rotation(candidates, before, after):
    _assigned, veterans = assign(candidates, before + len(candidates))
    newcomer = Candidate(UUID(int=1000), "Newcomer", AVAILABLE)
    assigned, _candidates = assign([*veterans, newcomer], after, count=2 * BEFORE)
    positions = [n for n, pk in enumerate(assigned) if pk == newcomer.membership_id]
    assert positions == list(range(0, after, len(candidates) + 1))
