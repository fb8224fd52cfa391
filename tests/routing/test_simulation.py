"""The replay of the past: histories made by hand, whose outcome is known."""

from uuid import UUID

from routing.simulator import Arrival, History, Member, Rules, simulate
from routing.simulator.figures import actual_outcomes, differences, figures_of

MINUTE, HOUR, END = 60, 3600, 8 * 3600
BOB, BEA, BEN = (UUID(int=number) for number in (1, 2, 3))
NAMES = {BOB: "Bob", BEA: "Bea", BEN: "Ben"}
HERE = ((0, "available"),)


def person(pk, *states, **known):
    return Member(pk, NAMES[pk], states or HERE, recorded_states=states or HERE, **known)


def arrivals(*moments, **known):
    return [Arrival(number, at, **known) for number, at in enumerate(moments, 1)]


def history(people, arrivals, **known):
    return History(tuple(people), tuple(arrivals), END, **known)


def play(people, arrivals, pool=None, *, open_changes=(), hours=(), **rules):
    past = history(people, arrivals, open_changes=open_changes, hours=hours)
    pool = tuple(each.id for each in people) if pool is None else pool
    return simulate(past, Rules(pool, **rules))


def got(outcomes):
    return [NAMES.get(each.assignee) for each in outcomes]


def assigned_at(outcomes):
    return [each.assigned_at for each in outcomes]


def test_assigned_in_rotation():
    assert got(play([person(BOB), person(BEA)], arrivals(10, 20, 30, 40))) == [
        "Bob",
        "Bea",
        "Bob",
        "Bea",
    ]


def test_only_available_members_are_assigned():
    bea = person(BEA, (0, "away"), (25, "available"))
    assert got(play([person(BOB), bea], arrivals(10, 20, 30))) == ["Bob", "Bob", "Bea"]


def test_fewest_open_first_counts_ended_conversations():
    chats = [Arrival(1, 10, ends_at=100), Arrival(2, 20), Arrival(3, 200), Arrival(4, 300)]
    outcomes = play([person(BOB), person(BEA)], chats, fewest_open_first=True)
    assert got(outcomes) == ["Bob", "Bea", "Bob", "Bea"]
    chats[0] = Arrival(1, 10, ends_at=40)
    chats[2:] = [Arrival(3, 30), Arrival(4, 35)]
    people = [person(BOB), person(BEA)]
    assert got(play(people, [*chats, Arrival(5, 50)], fewest_open_first=True)) == [
        "Bob",
        "Bea",
        "Bob",
        "Bea",
        "Bob",
    ]


def test_a_member_at_capacity_gets_none_until_one_ends():
    chats = [Arrival(1, 10, ends_at=110), Arrival(2, 20), Arrival(3, 30)]
    outcomes = play([person(BOB, capacity=1)], chats)
    assert got(outcomes) == ["Bob", "Bob", None]
    assert assigned_at(outcomes) == [10, 110, None]


def test_a_capacity_for_everyone_replaces_their_own():
    outcomes = play([person(BOB, capacity=1)], arrivals(10, 20, 30), capacity=2)
    assert got(outcomes) == ["Bob", "Bob", None]


def test_what_they_have_elsewhere_counts():
    held = ((0, BOB, 1), (50, BOB, -1))
    outcomes = play([person(BOB, capacity=1)], arrivals(10), open_changes=held)
    assert assigned_at(outcomes) == [50]


def test_the_queue_waits_until_someone_comes_and_goes_oldest_first():
    bob = person(BOB, (0, "offline"), (500, "available"))
    outcomes = play([bob], arrivals(10, 20), leads="queue", capacity=1)
    assert got(outcomes) == ["Bob", None]
    assert assigned_at(outcomes) == [500, None]


def test_what_was_closed_in_the_queue_waits_no_longer_and_is_not_assigned():
    people = [person(BOB, (0, "offline"), (500, "available")), person(BEA, (0, "away"))]
    chats = [Arrival(1, 10, ends_at=300), Arrival(2, 20), Arrival(3, 600)]
    outcomes = play(people, chats, leads="queue", capacity=2)
    assert got(outcomes) == [None, "Bob", "Bob"]
    assert assigned_at(outcomes) == [None, 500, 600]
    figures = figures_of(outcomes, END)
    assert (figures.closed_waiting, figures.still_waiting) == (1, 0)
    assert (figures.at_once, figures.waits.count, figures.waits.longest) == (1, 2, 480)


def test_if_assigned_what_was_closed_in_the_queue_is_closed_at_the_same_moment():
    bob = person(BOB, (0, "offline"), (100, "available"), capacity=1)
    chats = [Arrival(1, 10, ends_at=300), Arrival(2, 20)]
    assert assigned_at(play([bob], chats, leads="queue")) == [100, 300]


def test_leads_go_in_turn_to_members_who_are_offline():
    people = [person(BOB, (0, "away")), person(BEA, (0, "offline"))]
    outcomes = play(people, arrivals(10, 20, 30))
    assert got(outcomes) == ["Bob", "Bea", "Bob"]
    assert assigned_at(outcomes) == [10, 20, 30]
    assert [each.was_available for each in outcomes] == [False] * 3


def test_a_member_at_capacity_keeps_leads_in_the_queue():
    people = [person(BOB, capacity=1), person(BEA, (0, "offline"))]
    chats = [Arrival(1, 10, ends_at=60), Arrival(2, 20)]
    outcomes = play(people, chats)
    assert got(outcomes) == ["Bob", "Bob"]
    assert assigned_at(outcomes) == [10, 60]


def test_queued_conversations_become_leads_when_the_last_agent_goes_offline():
    people = [
        person(BOB, (0, "available"), (100, "offline"), capacity=1),
        person(BEA, (0, "offline")),
    ]
    outcomes = play(people, arrivals(10, 20))
    assert (got(outcomes), assigned_at(outcomes)) == (["Bob", "Bea"], [10, 100])


def test_outside_the_inboxs_hours_it_is_a_lead_or_waits():
    closed = ((0, False), (100, True))
    assert play([person(BOB)], arrivals(10), hours=closed)[0].was_available is False
    waits = play([person(BOB)], arrivals(10), hours=closed, leads="queue")
    assert assigned_at(waits) == [100]


def test_a_member_who_may_not_open_the_inbox_gets_nothing():
    outcomes = play([person(BOB, can_answer=False), person(BEA)], arrivals(10, 20))
    assert got(outcomes) == ["Bea", "Bea"]


def test_with_an_empty_pool_it_waits():
    assert got(play([person(BOB)], arrivals(10), pool=())) == [None]


def test_the_owner_gets_it_and_the_turn_does_not_move():
    people = [person(BOB), person(BEA), person(BEN)]
    chats = [Arrival(1, 10), Arrival(2, 20, owner=BEN), Arrival(3, 30)]
    outcomes = play(people, chats, pool=(BOB, BEA), to_owner=True)
    assert got(outcomes) == ["Bob", "Ben", "Bea"]
    assert got(play(people, chats, pool=(BOB, BEA))) == ["Bob", "Bea", "Bob"]


def test_an_absent_owner_still_gets_it_and_after_some_minutes_the_next_agent_does():
    people = [person(BOB), person(BEN, (0, "away"))]
    chat = [Arrival(1, 10, owner=BEN)]
    stays = play(people, chat, pool=(BOB,), to_owner=True)
    assert (got(stays), stays[0].was_available) == (["Ben"], False)
    moves = play(people, chat, pool=(BOB,), to_owner=True, owner_minutes=5)
    assert (got(moves), moves[0].timeouts, moves[0].assigned_at) == (["Bob"], 1, 10)


def test_an_owner_who_answers_in_time_keeps_it():
    owner = person(BEN, answers_within=4 * MINUTE)
    chat = [Arrival(1, 10, owner=BEN)]
    rules = {"pool": (BOB,), "to_owner": True, "owner_minutes": 5}
    assert got(play([person(BOB), owner], chat, **rules)) == ["Ben"]
    slow = person(BEN, answers_within=6 * MINUTE)
    assert got(play([person(BOB), slow], chat, **rules)) == ["Bob"]


def test_the_timer_passes_on_to_the_next_and_not_back():
    people = [person(BOB, answers_within=HOUR), person(BEA, answers_within=HOUR)]
    [outcome] = play(people, arrivals(10), answer_minutes=5)
    assert (NAMES[outcome.assignee], outcome.timeouts) == ("Bea", 1)
    assert outcome.answered_at == 10 + 5 * MINUTE + HOUR


def test_the_real_assignee_answers_as_late_as_they_really_did():
    people = [person(BOB, answers_within=1), person(BEA, answers_within=30)]
    late = [
        Arrival(
            1, 10, assignee=BOB, first_assigned_at=10, assigned_at=10, answered_at=10 + 20 * MINUTE
        )
    ]
    [outcome] = play(people, late, answer_minutes=5)
    assert (NAMES[outcome.assignee], outcome.answered_at) == ("Bea", 10 + 5 * MINUTE + 30)
    [outcome] = play(people, late, answer_minutes=30)
    assert (NAMES[outcome.assignee], outcome.answered_at) == ("Bob", 10 + 20 * MINUTE)


def test_the_time_of_a_later_assignee_counts_from_their_assignment():
    passed_on = [
        Arrival(1, 10, assignee=BEA, first_assigned_at=10, assigned_at=310, answered_at=340)
    ]
    [outcome] = play([person(BEA, answers_within=HOUR)], passed_on)
    assert outcome.answered_at == 10 + 30


def test_a_member_who_was_offline_is_measured_from_when_they_came():
    bob = person(BOB, (0, "offline"), (1000, "available"), (2000, "offline"))
    lead = [Arrival(1, 10, assignee=BOB, first_assigned_at=10, assigned_at=10, answered_at=1030)]
    assert [each.answered_at for each in play([bob], lead)] == [1030]
    waits = play([bob], lead, leads="queue")
    assert (waits[0].assigned_at, waits[0].answered_at) == (1000, 1030)


def test_a_member_who_answered_while_offline_is_as_quick_in_the_replay():
    bob = person(BOB, (0, "away"), answers_within=HOUR)
    lead = [Arrival(1, 10, assignee=BOB, first_assigned_at=10, assigned_at=10, answered_at=70)]
    assert [each.answered_at for each in play([bob], lead)] == [70]


def test_an_answer_straight_from_the_queue_says_nothing_about_what_one_is_given():
    taken = [Arrival(1, 10, assignee=BOB, first_assigned_at=500, answered_at=500)]
    assert play([person(BOB, answers_within=30)], taken)[0].answered_at == 10 + 30


def test_if_no_one_else_is_available_it_stays_until_someone_comes():
    people = [person(BOB, answers_within=HOUR), person(BEA, (0, "away"), (900, "available"))]
    [outcome] = play(people, arrivals(10), answer_minutes=5)
    assert (NAMES[outcome.assignee], outcome.timeouts) == ("Bea", 1)


def test_a_member_who_comes_back_has_the_whole_time_again():
    bob = person(BOB, (0, "offline"), (1000, "available"), answers_within=4 * MINUTE)
    bea = person(BEA, (0, "offline"), (1001, "available"))
    [outcome] = play([bob, bea], arrivals(10), answer_minutes=5)
    assert (NAMES[outcome.assignee], outcome.timeouts) == ("Bob", 0)


def test_what_waits_goes_out_before_what_is_overdue_and_passing_on_makes_room():
    bea = person(BEA, (0, "away"), (900, "available"))
    people = [person(BOB, capacity=1, answers_within=HOUR), bea]
    chats = [*arrivals(10, 20), Arrival(3, 910, ends_at=920)]
    outcomes = play(people, chats, answer_minutes=5, leads="queue")
    assert got(outcomes) == ["Bea", "Bea", "Bob"]
    assert assigned_at(outcomes) == [10, 900, 910]
    assert [each.timeouts for each in outcomes] == [1, 0, 0]


def test_reopened_it_stays_with_its_last_assignee():
    chats = [Arrival(1, 10, ends_at=50), Arrival(2, 20), Arrival(1, 100, reopened=True)]
    assert got(play([person(BOB), person(BEA)], chats)) == ["Bob", "Bea", "Bob"]
    gone = person(BOB, (0, "available"), (60, "away"))
    assert got(play([gone, person(BEA)], chats)) == ["Bob", "Bea", "Bea"]
    kept = play([gone, person(BEA)], chats, keep_reopened=True)
    assert (got(kept), kept[-1].was_available) == (["Bob", "Bea", "Bob"], False)


def test_reopened_from_before_the_replay_it_stays_with_its_real_assignee():
    chats = [Arrival(7, 10, reopened=True, previous_assignee=BEA)]
    assert got(play([person(BOB), person(BEA)], chats)) == ["Bea"]


def away_with_reassigned_replies(at):
    return person(BOB, (0, "available"), (at, "away"), reassigns_replies=True, answers_within=HOUR)


def test_a_reply_to_a_member_who_reassigns_replies_goes_to_someone_else():
    people = [away_with_reassigned_replies(20), person(BEA, (0, "away"), (15, "available"))]
    [outcome] = play(people, [Arrival(1, 10, replies=(12, 30))])
    assert (NAMES[outcome.assignee], outcome.assigned_at, outcome.timeouts) == ("Bea", 10, 0)
    stays = person(BOB, (0, "available"), (20, "away"), answers_within=HOUR)
    assert got(play([stays, people[1]], [Arrival(1, 10, replies=(12, 30))])) == ["Bob"]


def test_if_no_one_else_is_available_the_reply_stays_theirs():
    people = [away_with_reassigned_replies(20), person(BEA, (0, "offline"))]
    assert got(play(people, [Arrival(1, 10, replies=(30,))])) == ["Bob"]


def test_what_was_answered_before_it_moved_counts_for_who_answered_and_ends_when_it_would_have():
    bob = person(BOB, (0, "available"), (20, "away"), reassigns_replies=True, answers_within=5)
    bea = person(BEA, (0, "away"), (25, "available"), capacity=1)
    first = Arrival(
        1, 10, assignee=BEN, first_assigned_at=10, answered_at=14, ends_at=110, replies=(30,)
    )
    outcomes = play([bob, bea], [first, Arrival(2, 40)], leads="queue")
    assert (got(outcomes), assigned_at(outcomes)) == (["Bob", "Bea"], [10, 110])
    assert outcomes[0].answered_at == 15


def test_reopened_it_goes_to_another_while_who_had_it_is_away_and_reassigns_replies():
    people = [away_with_reassigned_replies(60), person(BEA)]
    chats = [Arrival(1, 10, ends_at=50), Arrival(1, 100, reopened=True)]
    assert got(play(people, chats, keep_reopened=True)) == ["Bob", "Bea"]
    alone = [people[0], person(BEA, (0, "offline"))]
    assert got(play(alone, chats, keep_reopened=True)) == ["Bob", "Bob"]


def test_the_owners_first_chat_is_theirs_and_a_reply_moves_on():
    people = [person(BOB), person(BEN, (0, "away"), reassigns_replies=True, answers_within=HOUR)]
    rules = {"pool": (BOB,), "to_owner": True}
    assert got(play(people, [Arrival(1, 10, owner=BEN)], **rules)) == ["Ben"]
    assert got(play(people, [Arrival(1, 10, owner=BEN, replies=(20,))], **rules)) == ["Bob"]


def test_the_figures_of_what_happened_and_of_what_would_have():
    people = [person(BOB), person(BEA, (0, "away"))]
    chats = [
        Arrival(
            1, 0, assignee=BOB, first_assigned_at=0, first_assignee=BOB, answered_at=60, ends_at=600
        ),
        Arrival(
            2,
            10,
            assignee=BEA,
            first_assigned_at=10,
            first_assignee=BEA,
            answered_at=310,
            ends_at=600,
        ),
        Arrival(3, 20, assignee=BOB, first_assigned_at=620, first_assignee=BOB),
        Arrival(4, 30),
        Arrival(5, 40, ends_at=700),
    ]
    past = history(people, chats)
    did = actual_outcomes(past)
    figures = figures_of(did, END)
    assert (figures.count, figures.at_once, figures.unavailable) == (5, 2, 1)
    assert (figures.still_waiting, figures.closed_waiting) == (1, 1)
    assert (figures.waits.count, figures.waits.median, figures.waits.longest) == (3, 660, END - 30)
    assert (figures.answers.count, figures.answers.median) == (2, 180)
    assert figures.assigned == {BOB: 2, BEA: 1}
    assert figures.spread([BOB, BEA]) == 1
    would = simulate(past, Rules((BOB, BEA)))
    assert got(would) == ["Bob", "Bob", "Bob", "Bob", "Bob"]
    assert [one.arrival.number for one, _other in differences(did, would)] == [2, 4, 5]


def test_before_statuses_were_recorded_no_assignment_counts_as_unavailable():
    chats = [
        Arrival(1, 10, assignee=BOB, first_assigned_at=10, first_assignee=BOB),
        Arrival(2, 60, assignee=BOB, first_assigned_at=60, first_assignee=BOB),
    ]
    bea = person(BEA, (50, "available"))
    did = actual_outcomes(history([Member(BOB, "Bob"), bea], chats))
    assert [each.was_available for each in did] == [True, False]
