"""Which facts a timeline gives: the rules of docs/reports.md, one by one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from reports.facts import Decided, Entry, facts_of
from reports.models import Kind

BOB, BEA = UUID(int=11), UUID(int=12)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DECISIONS = {
    "turn": Decided("round_robin", "message"),
    "kept": Decided("kept", "reopened"),
    "queued": Decided("queued", "message"),
    "timer": Decided("round_robin", "timer"),
    "lead": Decided("lead", "message"),
}


def story(*events):
    """Return {(kind, minute): (member, minutes that it took)}. events: "minute what [who]"."""
    entries = []
    for seq, text in enumerate(events, start=1):
        minute, what, *rest = text.split()
        entries.append(entry(seq, int(minute), what, *rest))
    return {
        (fact.kind.value, minutes(fact.at - START)): (
            {BOB: "bob", BEA: "bea"}.get(fact.member),
            fact.since and minutes(fact.at - fact.since),
        )
        for fact in facts_of(entries, DECISIONS)
    }


def entry(seq, minute, what, who="", decision=""):
    member = {"bob": BOB, "bea": BEA}.get(who)
    at = START + timedelta(minutes=minute)
    if what in ("contact", "reply", "note"):
        return Entry(seq, what, "", {}, member, at)
    details = {"decision": decision} if decision else {}
    if what == "assigned":
        return Entry(seq, "activity", what, details | {"to_id": str(member)}, None, at)
    if what == "reopened" and not member:
        details["contact"] = "Vera"
    return Entry(seq, "activity", what, details, member, at)


def minutes(span):
    return int(span.total_seconds() // 60)


def only(facts, *kinds):
    return {key: value for key, value in facts.items() if key[0] in kinds}


REPLIES = (Kind.FIRST_REPLY, Kind.NEXT_REPLY, Kind.FURTHER_REPLY)


def test_a_plain_conversation():
    assert story("0 contact", "2 assigned bob turn", "5 reply bob", "30 resolved bob") == {
        ("new", 0): ("bob", None),
        ("assigned", 2): ("bob", 2),
        ("first_reply", 5): ("bob", 5),
        ("resolved", 30): ("bob", 30),
    }


def test_nothing_comes_of_nothing():
    assert story() == {}


def test_a_wait_begins_with_the_first_unanswered_message():
    facts = story(
        "0 contact", "4 contact", "5 reply bob", "10 contact", "11 contact", "17 reply bea"
    )
    assert only(facts, *REPLIES) == {("first_reply", 5): ("bob", 5), ("next_reply", 17): ("bea", 7)}


def test_a_second_reply_answers_nothing():
    facts = story("0 contact", "5 reply bob", "6 reply bob")
    assert only(facts, *REPLIES) == {
        ("first_reply", 5): ("bob", 5),
        ("further_reply", 6): ("bob", None),
    }


def test_notes_and_activities_are_no_replies():
    facts = story("0 contact", "1 note bob", "2 owner_set bob", "9 reply bob")
    assert only(facts, *REPLIES) == {("first_reply", 9): ("bob", 9)}


def test_a_reply_before_any_message_is_no_response():
    facts = story("0 reply bob", "10 contact", "13 reply bob")
    assert only(facts, *REPLIES) == {
        ("further_reply", 0): ("bob", None),
        ("first_reply", 13): ("bob", 3),
    }


def test_reopening_brings_a_second_resolution_and_keeps_the_first_response():
    facts = story(
        "0 contact",
        "0 assigned bob turn",
        "5 reply bob",
        "20 resolved bob",
        "100 contact",
        "100 reopened",
        "100 kept bob kept",
        "104 reply bob",
        "110 resolved bea",
    )
    assert facts == {
        ("new", 0): ("bob", None),
        ("assigned", 0): ("bob", 0),
        ("first_reply", 5): ("bob", 5),
        ("resolved", 20): ("bob", 20),
        ("reopened", 100): ("bob", None),
        ("kept", 100): ("bob", None),
        ("next_reply", 104): ("bob", 4),
        ("resolved", 110): ("bea", 10),
    }


def test_resolving_ends_a_wait_without_a_response():
    facts = story("0 contact", "9 resolved bob", "60 contact", "60 reopened", "62 reply bob")
    assert only(facts, *REPLIES) == {("first_reply", 62): ("bob", 2)}


def test_an_agent_who_reopens_keeps_the_assignee():
    facts = story(
        "0 contact", "0 assigned bob", "1 resolved bob", "5 reopened bea", "9 assigned bea"
    )
    assert ("handed_over", 9) in facts
    assert facts["reopened", 5] == ("bob", None)


def test_a_reopened_conversation_may_go_to_someone_else():
    facts = story(
        "0 contact", "0 assigned bob turn", "1 resolved bob", "60 contact", "60 reopened",
        "60 waiting - queued", "65 assigned bea turn",
    )  # fmt: skip
    assert only(facts, Kind.QUEUED, Kind.ASSIGNED, Kind.HANDED_OVER) == {
        ("assigned", 0): ("bob", 0),
        ("queued", 60): (None, None),
        ("assigned", 65): ("bea", 5),
    }


def test_a_handover_counts_for_both():
    facts = story("0 contact", "0 assigned bob turn", "5 assigned bea")
    assert facts["handed_over", 5] == ("bob", None)
    assert facts["reassigned", 5] == ("bea", None)
    assert facts["new", 0] == ("bob", None)


def test_the_timer_passes_on():
    facts = story("0 contact", "0 assigned bob turn", "5 assigned bea timer")
    assert facts["timed_out", 5] == ("bob", None)
    assert ("handed_over", 5) not in facts


@pytest.mark.parametrize("activity", ["unassigned", "returned"])
def test_the_queue_counts_again_after_a_return(activity):
    facts = story("0 contact", "0 assigned bob turn", f"5 {activity} bob", "8 assigned bea turn")
    assert facts["unassigned", 5] == ("bob", None)
    assert facts["assigned", 8] == ("bea", 3)


def test_snoozing_stops_neither_wait_nor_resolution_but_the_queue():
    facts = story(
        "0 contact", "10 snoozed bob", "40 woken", "41 assigned bob turn", "45 reply bob",
        "50 snoozed bob", "90 woken", "95 resolved bob",
    )  # fmt: skip
    assert facts["assigned", 41] == ("bob", 1)
    assert facts["first_reply", 45] == ("bob", 45)
    assert facts["resolved", 95] == ("bob", 95)


def test_an_email_lead_is_answered_by_the_next_reply():
    facts = story("0 contact", "1 assigned bob lead", "30 reply bea", "31 reply bea")
    assert only(facts, Kind.LEAD, Kind.LEAD_REPLY) == {
        ("lead", 1): ("bob", None),
        ("lead_reply", 30): ("bea", 29),
    }


def test_a_lead_that_moves_on_is_no_lead_any_more():
    facts = story("0 contact", "1 assigned bob lead", "2 assigned bea turn", "30 reply bea")
    assert only(facts, Kind.LEAD_REPLY) == {}


def test_a_deleted_decision_gives_a_fact_without_a_rule():
    [_new, assigned] = facts_of(
        [entry(1, 0, "contact"), entry(2, 0, "assigned", "bob", "gone")], {}
    )
    assert (assigned.kind, assigned.rule) == (Kind.ASSIGNED, "")
