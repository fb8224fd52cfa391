"""Whose turn it is: properties that hold for any people, whatever came before."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.policy import AVAILABLE, Candidate, choose, in_order
from tests.budget import examples

CODES = st.sampled_from([AVAILABLE, AVAILABLE, "offline", "away", "suspended", "released"])
BUDGET = settings(max_examples=examples(quick=25, soak=2000), deadline=None)
BEFORE = 1000  # later than any turn the candidates start with


@st.composite
def people(draw, codes=CODES, least=0):
    """Candidates as routing finds them: no two were given the same turn."""
    numbers = draw(st.lists(st.integers(0, 99), unique=True, min_size=least, max_size=8))
    turns = draw(st.permutations(range(len(numbers))))
    newcomers = draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    return [
        Candidate(UUID(int=number), f"P{number}", draw(codes), None if number in newcomers else at)
        for number, at in zip(numbers, turns, strict=True)
    ]


some_available = people(codes=st.just(AVAILABLE), least=1)


def give_out(candidates, chats, turn=BEFORE):
    """The ids of those who are given the chats, in order, and the candidates afterwards."""
    given_to, people = [], {each.membership_id: each for each in candidates}
    for number in range(chats):
        chosen = choose(list(people.values())).membership_id
        people[chosen] = people[chosen]._replace(turn=turn + number)
        given_to.append(chosen)
    return given_to, list(people.values())


@pytest.mark.parametrize(
    ("turns", "chosen"), [([3, 1, 2], "1"), ([None, 0, 1], "0"), ([5, 5, 4], "2")]
)
def test_the_one_assigned_least_recently_is_next(turns, chosen):
    names = map(str, range(len(turns)))
    candidates = [
        Candidate(UUID(int=9 - int(name)), name, AVAILABLE, turn)
        for name, turn in zip(names, turns, strict=True)
    ]
    assert choose(candidates).name == chosen


@BUDGET
@given(people())
def test_an_available_candidate_is_chosen_if_there_is_one_and_no_other(candidates):
    chosen = choose(candidates)
    assert (chosen is None) == (not any(each.is_available for each in candidates))
    assert chosen is None or (chosen in candidates and chosen.code == AVAILABLE)


@BUDGET
@given(people(least=1), st.randoms())
def test_the_order_in_which_people_are_found_does_not_matter(candidates, random):
    chosen = choose(candidates)
    random.shuffle(candidates)
    assert choose(candidates) == chosen
    assert chosen is None or in_order(candidates)[0] == chosen


@BUDGET
@given(some_available, st.integers(0, 40))
def test_chats_are_given_out_evenly(candidates, chats):
    given_to, _people = give_out(candidates, chats)
    counts = Counter({each.membership_id: 0 for each in candidates})
    counts.update(given_to)
    assert max(counts.values()) - min(counts.values()) <= 1


@BUDGET
@given(some_available, st.integers(1, 40), st.integers(1, 40))
def test_a_newcomer_is_next_and_is_then_one_of_the_row(candidates, before, after):
    _given_to, veterans = give_out(candidates, before + len(candidates))
    newcomer = Candidate(UUID(int=1000), "Newcomer", AVAILABLE)
    given_to, _people = give_out([*veterans, newcomer], after, turn=2 * BEFORE)
    places = [n for n, person in enumerate(given_to) if person == newcomer.membership_id]
    assert places == list(range(0, after, len(candidates) + 1))
