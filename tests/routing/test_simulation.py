"""The replay of the past: histories made by hand, of which one can say what must come out."""

from uuid import UUID

from routing.simulator import Arrival, History, Person, Rules, simulate
from routing.simulator.figures import differences, figures_of, really

MINUTE, HOUR, END = 60, 3600, 8 * 3600
BOB, BEA, BEN = (UUID(int=number) for number in (1, 2, 3))
NAMES = {BOB: "Bob", BEA: "Bea", BEN: "Ben"}
HERE = ((0, "available"),)


def person(pk, *states, **known):
    return Person(pk, NAMES[pk], states or HERE, was=states or HERE, **known)


def arrivals(*moments, **known):
    return [Arrival(number, at, **known) for number, at in enumerate(moments, 1)]


def history(people, arrivals, **known):
    return History(tuple(people), tuple(arrivals), END, **known)


def play(people, arrivals, pool=None, *, held=(), hours=(), **rules):
    past = history(people, arrivals, held=held, hours=hours)
    pool = tuple(each.id for each in people) if pool is None else pool
    return simulate(past, Rules(pool, **rules))


def got(outcomes):
    return [NAMES.get(each.person) for each in outcomes]


def given_at(outcomes):
    return [each.given_at for each in outcomes]


def test_in_turn():
    assert got(play([person(BOB), person(BEA)], arrivals(10, 20, 30, 40))) == [
        "Bob",
        "Bea",
        "Bob",
        "Bea",
    ]


def test_only_who_was_there():
    bea = person(BEA, (0, "away"), (25, "available"))
    assert got(play([person(BOB), bea], arrivals(10, 20, 30))) == ["Bob", "Bob", "Bea"]


def test_fewest_open_first_counts_what_has_ended():
    chats = [Arrival(1, 10, ends=100), Arrival(2, 20), Arrival(3, 200), Arrival(4, 300)]
    outcomes = play([person(BOB), person(BEA)], chats, fewest_open_first=True)
    assert got(outcomes) == ["Bob", "Bea", "Bob", "Bea"]
    chats[0] = Arrival(1, 10, ends=40)
    chats[2:] = [Arrival(3, 30), Arrival(4, 35)]
    people = [person(BOB), person(BEA)]
    assert got(play(people, [*chats, Arrival(5, 50)], fewest_open_first=True)) == [
        "Bob",
        "Bea",
        "Bob",
        "Bea",
        "Bob",
    ]


def test_who_is_full_gets_none_until_one_ends():
    chats = [Arrival(1, 10, ends=110), Arrival(2, 20), Arrival(3, 30)]
    outcomes = play([person(BOB, limit=1)], chats)
    assert got(outcomes) == ["Bob", "Bob", None]
    assert given_at(outcomes) == [10, 110, None]


def test_a_capacity_for_everybody_replaces_their_own():
    outcomes = play([person(BOB, limit=1)], arrivals(10, 20, 30), capacity=2)
    assert got(outcomes) == ["Bob", "Bob", None]


def test_what_they_have_elsewhere_counts():
    held = ((0, BOB, 1), (50, BOB, -1))
    outcomes = play([person(BOB, limit=1)], arrivals(10), held=held)
    assert given_at(outcomes) == [50]


def test_the_queue_waits_until_somebody_comes_oldest_first():
    bob = person(BOB, (0, "offline"), (500, "available"))
    outcomes = play([bob], arrivals(10, 20), leads="queue", capacity=1)
    assert got(outcomes) == ["Bob", None]
    assert given_at(outcomes) == [500, None]


def test_what_was_closed_from_the_queue_waits_no_longer_and_takes_nobodys_turn():
    people = [person(BOB, (0, "offline"), (500, "available")), person(BEA, (0, "away"))]
    chats = [Arrival(1, 10, ends=300), Arrival(2, 20), Arrival(3, 600)]
    outcomes = play(people, chats, leads="queue", capacity=2)
    assert got(outcomes) == [None, "Bob", "Bob"]
    assert given_at(outcomes) == [None, 500, 600]
    figures = figures_of(outcomes, END)
    assert (figures.closed_waiting, figures.still_waiting) == (1, 0)
    assert (figures.at_once, figures.waits.count, figures.waits.longest) == (1, 2, 480)


def test_given_to_somebody_what_was_closed_from_the_queue_is_closed_at_the_same_moment():
    bob = person(BOB, (0, "offline"), (100, "available"), limit=1)
    chats = [Arrival(1, 10, ends=300), Arrival(2, 20)]
    assert given_at(play([bob], chats, leads="queue")) == [100, 300]


def test_leads_go_in_turn_to_who_is_not_there():
    people = [person(BOB, (0, "away")), person(BEA, (0, "offline"))]
    outcomes = play(people, arrivals(10, 20, 30))
    assert got(outcomes) == ["Bob", "Bea", "Bob"]
    assert given_at(outcomes) == [10, 20, 30]
    assert [each.was_there for each in outcomes] == [False] * 3


def test_somebody_there_and_full_keeps_leads_in_the_queue():
    people = [person(BOB, limit=1), person(BEA, (0, "offline"))]
    chats = [Arrival(1, 10, ends=60), Arrival(2, 20)]
    outcomes = play(people, chats)
    assert got(outcomes) == ["Bob", "Bob"]
    assert given_at(outcomes) == [10, 60]


def test_what_waits_becomes_a_lead_when_the_last_one_there_goes():
    people = [
        person(BOB, (0, "available"), (100, "offline"), limit=1),
        person(BEA, (0, "offline")),
    ]
    outcomes = play(people, arrivals(10, 20))
    assert (got(outcomes), given_at(outcomes)) == (["Bob", "Bea"], [10, 100])


def test_outside_the_inboxs_hours_it_is_a_lead_or_waits():
    closed = ((0, False), (100, True))
    assert play([person(BOB)], arrivals(10), hours=closed)[0].was_there is False
    waits = play([person(BOB)], arrivals(10), hours=closed, leads="queue")
    assert given_at(waits) == [100]


def test_who_may_not_open_the_inbox_gets_nothing():
    outcomes = play([person(BOB, can_answer=False), person(BEA)], arrivals(10, 20))
    assert got(outcomes) == ["Bea", "Bea"]


def test_nobody_in_the_pool_and_it_waits():
    assert got(play([person(BOB)], arrivals(10), pool=())) == [None]


def test_the_owner_gets_it_and_the_turn_does_not_move():
    people = [person(BOB), person(BEA), person(BEN)]
    chats = [Arrival(1, 10), Arrival(2, 20, owner=BEN), Arrival(3, 30)]
    outcomes = play(people, chats, pool=(BOB, BEA), to_owner=True)
    assert got(outcomes) == ["Bob", "Ben", "Bea"]
    assert got(play(people, chats, pool=(BOB, BEA))) == ["Bob", "Bea", "Bob"]


def test_an_absent_owner_gets_it_all_the_same_and_after_some_minutes_the_next_does():
    people = [person(BOB), person(BEN, (0, "away"))]
    chat = [Arrival(1, 10, owner=BEN)]
    stays = play(people, chat, pool=(BOB,), to_owner=True)
    assert (got(stays), stays[0].was_there) == (["Ben"], False)
    moves = play(people, chat, pool=(BOB,), to_owner=True, owner_minutes=5)
    assert (got(moves), moves[0].passes, moves[0].given_at) == (["Bob"], 1, 10)


def test_an_owner_who_answers_in_time_keeps_it():
    owner = person(BEN, answers_in=4 * MINUTE)
    chat = [Arrival(1, 10, owner=BEN)]
    rules = {"pool": (BOB,), "to_owner": True, "owner_minutes": 5}
    assert got(play([person(BOB), owner], chat, **rules)) == ["Ben"]
    slow = person(BEN, answers_in=6 * MINUTE)
    assert got(play([person(BOB), slow], chat, **rules)) == ["Bob"]


def test_the_timer_passes_on_to_the_next_and_not_back():
    people = [person(BOB, answers_in=HOUR), person(BEA, answers_in=HOUR)]
    [outcome] = play(people, arrivals(10), answer_minutes=5)
    assert (NAMES[outcome.person], outcome.passes) == ("Bea", 1)
    assert outcome.answered_at == 10 + 5 * MINUTE + HOUR


def test_who_really_had_it_answers_as_late_as_they_really_did():
    people = [person(BOB, answers_in=1), person(BEA, answers_in=30)]
    late = [Arrival(1, 10, had=BOB, had_at=10, got_at=10, answered_at=10 + 20 * MINUTE)]
    [outcome] = play(people, late, answer_minutes=5)
    assert (NAMES[outcome.person], outcome.answered_at) == ("Bea", 10 + 5 * MINUTE + 30)
    [outcome] = play(people, late, answer_minutes=30)
    assert (NAMES[outcome.person], outcome.answered_at) == ("Bob", 10 + 20 * MINUTE)


def test_who_got_it_from_somebody_else_is_measured_from_that_moment():
    passed_on = [Arrival(1, 10, had=BEA, had_at=10, got_at=310, answered_at=340)]
    [outcome] = play([person(BEA, answers_in=HOUR)], passed_on)
    assert outcome.answered_at == 10 + 30


def test_who_was_not_there_is_measured_from_when_they_came():
    bob = person(BOB, (0, "offline"), (1000, "available"), (2000, "offline"))
    lead = [Arrival(1, 10, had=BOB, had_at=10, got_at=10, answered_at=1030)]
    assert [each.answered_at for each in play([bob], lead)] == [1030]
    waits = play([bob], lead, leads="queue")
    assert (waits[0].given_at, waits[0].answered_at) == (1000, 1030)


def test_who_answered_without_being_there_is_as_quick_wherever_they_are():
    bob = person(BOB, (0, "away"), answers_in=HOUR)
    lead = [Arrival(1, 10, had=BOB, had_at=10, got_at=10, answered_at=70)]
    assert [each.answered_at for each in play([bob], lead)] == [70]


def test_an_answer_straight_from_the_queue_says_nothing_about_what_one_is_given():
    taken = [Arrival(1, 10, had=BOB, had_at=500, answered_at=500)]
    assert play([person(BOB, answers_in=30)], taken)[0].answered_at == 10 + 30


def test_nobody_else_is_there_and_it_stays_until_somebody_comes():
    people = [person(BOB, answers_in=HOUR), person(BEA, (0, "away"), (900, "available"))]
    [outcome] = play(people, arrivals(10), answer_minutes=5)
    assert (NAMES[outcome.person], outcome.passes) == ("Bea", 1)


def test_who_comes_back_has_their_time_again():
    bob = person(BOB, (0, "offline"), (1000, "available"), answers_in=4 * MINUTE)
    bea = person(BEA, (0, "offline"), (1001, "available"))
    [outcome] = play([bob, bea], arrivals(10), answer_minutes=5)
    assert (NAMES[outcome.person], outcome.passes) == ("Bob", 0)


def test_what_waits_goes_out_before_what_is_overdue_and_passing_on_makes_room():
    bea = person(BEA, (0, "away"), (900, "available"))
    people = [person(BOB, limit=1, answers_in=HOUR), bea]
    chats = [*arrivals(10, 20), Arrival(3, 910, ends=920)]
    outcomes = play(people, chats, answer_minutes=5, leads="queue")
    assert got(outcomes) == ["Bea", "Bea", "Bob"]
    assert given_at(outcomes) == [10, 900, 910]
    assert [each.passes for each in outcomes] == [1, 0, 0]


def test_reopened_it_stays_with_whoever_had_it():
    chats = [Arrival(1, 10, ends=50), Arrival(2, 20), Arrival(1, 100, reopened=True)]
    assert got(play([person(BOB), person(BEA)], chats)) == ["Bob", "Bea", "Bob"]
    gone = person(BOB, (0, "available"), (60, "away"))
    assert got(play([gone, person(BEA)], chats)) == ["Bob", "Bea", "Bea"]
    kept = play([gone, person(BEA)], chats, keep_reopened=True)
    assert (got(kept), kept[-1].was_there) == (["Bob", "Bea", "Bob"], False)


def test_reopened_from_before_the_replay_it_is_with_whoever_really_had_it():
    chats = [Arrival(7, 10, reopened=True, before=BEA)]
    assert got(play([person(BOB), person(BEA)], chats)) == ["Bea"]


def away_with_reassigned_replies(at):
    return person(BOB, (0, "available"), (at, "away"), reassigns=True, answers_in=HOUR)


def test_a_reply_to_somebody_away_who_reassigns_replies_goes_to_another():
    people = [away_with_reassigned_replies(20), person(BEA, (0, "away"), (15, "available"))]
    [outcome] = play(people, [Arrival(1, 10, replies=(12, 30))])
    assert (NAMES[outcome.person], outcome.given_at, outcome.passes) == ("Bea", 10, 0)
    stays = person(BOB, (0, "available"), (20, "away"), answers_in=HOUR)
    assert got(play([stays, people[1]], [Arrival(1, 10, replies=(12, 30))])) == ["Bob"]


def test_nobody_else_is_there_and_the_reply_stays_theirs():
    people = [away_with_reassigned_replies(20), person(BEA, (0, "offline"))]
    assert got(play(people, [Arrival(1, 10, replies=(30,))])) == ["Bob"]


def test_what_was_answered_before_it_moved_counts_for_who_answered_and_ends_when_it_would_have():
    bob = person(BOB, (0, "available"), (20, "away"), reassigns=True, answers_in=5)
    bea = person(BEA, (0, "away"), (25, "available"), limit=1)
    first = Arrival(1, 10, had=BEN, had_at=10, answered_at=14, ends=110, replies=(30,))
    outcomes = play([bob, bea], [first, Arrival(2, 40)], leads="queue")
    assert (got(outcomes), given_at(outcomes)) == (["Bob", "Bea"], [10, 110])
    assert outcomes[0].answered_at == 15


def test_reopened_it_goes_to_another_while_who_had_it_is_away_and_reassigns_replies():
    people = [away_with_reassigned_replies(60), person(BEA)]
    chats = [Arrival(1, 10, ends=50), Arrival(1, 100, reopened=True)]
    assert got(play(people, chats, keep_reopened=True)) == ["Bob", "Bea"]
    alone = [people[0], person(BEA, (0, "offline"))]
    assert got(play(alone, chats, keep_reopened=True)) == ["Bob", "Bob"]


def test_the_owners_first_chat_is_theirs_and_a_reply_moves_on():
    people = [person(BOB), person(BEN, (0, "away"), reassigns=True, answers_in=HOUR)]
    rules = {"pool": (BOB,), "to_owner": True}
    assert got(play(people, [Arrival(1, 10, owner=BEN)], **rules)) == ["Ben"]
    assert got(play(people, [Arrival(1, 10, owner=BEN, replies=(20,))], **rules)) == ["Bob"]


def test_the_figures_of_what_happened_and_of_what_would_have():
    people = [person(BOB), person(BEA, (0, "away"))]
    chats = [
        Arrival(1, 0, had=BOB, had_at=0, first=BOB, answered_at=60, ends=600),
        Arrival(2, 10, had=BEA, had_at=10, first=BEA, answered_at=310, ends=600),
        Arrival(3, 20, had=BOB, had_at=620, first=BOB),
        Arrival(4, 30),
        Arrival(5, 40, ends=700),
    ]
    past = history(people, chats)
    did = really(past)
    figures = figures_of(did, END)
    assert (figures.count, figures.at_once, figures.not_there) == (5, 2, 1)
    assert (figures.still_waiting, figures.closed_waiting) == (1, 1)
    assert (figures.waits.count, figures.waits.median, figures.waits.longest) == (3, 660, END - 30)
    assert (figures.answers.count, figures.answers.median) == (2, 180)
    assert figures.had == {BOB: 2, BEA: 1}
    assert figures.spread([BOB, BEA]) == 1
    would = simulate(past, Rules((BOB, BEA)))
    assert got(would) == ["Bob", "Bob", "Bob", "Bob", "Bob"]
    assert [one.arrival.number for one, _other in differences(did, would)] == [2, 4, 5]


def test_what_nobody_wrote_down_is_not_held_against_what_happened():
    chats = [
        Arrival(1, 10, had=BOB, had_at=10, first=BOB),
        Arrival(2, 60, had=BOB, had_at=60, first=BOB),
    ]
    bea = person(BEA, (50, "available"))
    did = really(history([Person(BOB, "Bob"), bea], chats))
    assert [each.was_there for each in did] == [True, False]
