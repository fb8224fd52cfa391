"""Hand over open conversations and undo it, by the agent or by a colleague.

The pages are in test_handover_page.py and test_member_handover.py.
"""

from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.inbox import add_inbox_member
from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from inbox.snooze_options import next_working_time
from routing.handover.undo import undo_handover
from routing.models import Handover, HandoverItem, Routing
from teams.actions.availability import set_away
from tests.conftest import COMMITS, Vera, in_parallel
from tests.routing.engine.conftest import stored
from tests.routing.handovers import (
    assign_to,
    hand_over,
    holder,
    holders,
    make_old,
    return_to_queue,
    snooze,
    undo_results,
)
from tests.routing.hours import NINE_TO_FIVE


@pytest.fixture(params=["Bob himself", "Alice for him"])
def by(request, acme):
    return acme.bob if request.param == "Bob himself" else acme.alice


def last_activity(conversation):
    entry = conversation.messages.filter(kind="activity").latest("seq")
    return entry.activity, entry.author


# --- Handing over ---


def test_each_choice_is_carried_out(acme, online, give_bob, by):
    online(acme.bea)
    acme.bob.hours = NINE_TO_FIVE
    acme.bob.save()
    queued, assigned, snoozed, kept = give_bob(4)
    made = hand_over(
        acme,
        return_to_queue(queued),
        assign_to(assigned, acme.alice),
        snooze(snoozed, acme.bob),
        by=by,
    )
    assert holders(queued, assigned, snoozed, kept) == [acme.bea, acme.alice, acme.bob, acme.bob]
    assert stored(snoozed).snoozed_until == next_working_time(acme.bob).until
    assert stored(kept).is_open
    assert last_activity(assigned) == ("assigned", by)
    assert (made.membership, made.by) == (acme.bob, None if by == acme.bob else by)
    rows = made.items.order_by("conversation__number")
    assert [row.action for row in rows] == ["queue", "assign", "snooze"]
    assert [row.seq for row in rows] == [stored(row.conversation).last_seq for row in rows]


def test_only_conversations_that_are_still_theirs_and_open_are_handed_over(acme, give_bob, by):
    taken, resolved, theirs = give_bob(3)
    assign_conversation(taken, assignee=acme.alice, by=acme.alice)
    resolve_conversation(resolved, by=acme.alice)
    made = hand_over(
        acme, *(assign_to(each, acme.bea) for each in (taken, resolved, theirs)), by=by
    )
    assert holders(taken, resolved, theirs) == [acme.alice, acme.bob, acme.bea]
    assert made.items.count() == 1
    assert hand_over(acme, assign_to(resolved, acme.bea), by=by) is None
    assert hand_over(acme, by=by) is None
    assert Handover.objects.count() == 1


def test_a_conversation_is_handed_over_once(acme, give_bob):
    conversation = give_bob()
    made = hand_over(acme, assign_to(conversation, acme.bea), assign_to(conversation, acme.alice))
    assert HandoverItem.objects.filter(handover=made).count() == 1
    assert holder(conversation) == acme.bea


def test_an_agent_who_cannot_answer_the_inbox_gets_nothing(acme, give_bob):
    conversation = give_bob()
    acme.inbox.members.filter(membership=acme.bea).delete()
    assert hand_over(acme, assign_to(conversation, acme.bea)) is None
    assert holder(conversation) == acme.bob


@pytest.mark.parametrize("bob_is", ["online", "next lead", "owner"])
def test_the_queue_never_returns_it_to_the_agent(acme, online, give_bob, by, bob_is):
    acme.inbox.members.filter(membership=acme.bea).delete()
    conversation = give_bob()
    if bob_is == "online":
        online(acme.bob)
    else:
        Routing.objects.update(leads="assign", to_owner=bob_is == "owner")
        set_owner(conversation.contact, owner=acme.bob, by=acme.alice)
    hand_over(acme, return_to_queue(conversation), by=by)
    assert holder(conversation) is None


def test_the_colleague_who_hands_over_can_be_assigned(acme, online, give_bob):
    add_inbox_member(acme.inbox, membership=acme.alice)
    online(acme.alice)
    conversation = give_bob()
    hand_over(acme, return_to_queue(conversation), by=acme.alice)
    assert holder(conversation) == acme.alice


@COMMITS
def test_handing_over_while_the_contacts_write_loses_nothing(acme, online):
    online(acme.bea)
    visitors = [Vera(acme.inbox) for _ in range(6)]
    conversations = [visitor.writes("One").conversation for visitor in visitors]
    for conversation in conversations:
        assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    set_away(acme.bob)

    def act(number):
        if number == 0:
            hand_over(acme, *(return_to_queue(each) for each in conversations))
        else:
            for visitor in visitors[number - 1 :: 3]:
                visitor.writes("Two")

    in_parallel(4, act)
    assert set(holders(*conversations)) == {acme.bea}
    for conversation in conversations:
        written = conversation.messages.filter(kind="contact").order_by("seq")
        assert [message.body for message in written] == ["One", "Two"]


# --- Undoing ---


def test_undo_returns_everything_open_once(acme, online, give_bob, by):
    online(acme.bea)
    queued, assigned, snoozed = give_bob(3)
    made = hand_over(
        acme,
        return_to_queue(queued),
        assign_to(assigned, acme.alice),
        snooze(snoozed, acme.bob),
        by=by,
    )
    assert undo_handover(made, by=by) is True
    for each in (queued, assigned, snoozed):
        assert (stored(each).status, holder(each)) == ("open", acme.bob)
        assert last_activity(each)[1] == by
    assert undo_results(made) == ["returned"] * 3
    made.refresh_from_db()
    assert made.undone_at is not None
    assign_conversation(assigned, assignee=acme.alice, by=acme.alice)
    assert undo_handover(made, by=by) is True
    assert (holder(assigned), undo_results(made)) == (acme.alice, ["returned"] * 3)


def answer(acme, conversation):
    post_reply(conversation, body="I am on it", client_id=uuid4(), by=acme.bea)


def note(acme, conversation):
    post_note(conversation, body="Calling them", client_id=uuid4(), by=acme.bea)


def pass_to_alice(acme, conversation):
    assign_conversation(conversation, assignee=acme.alice, by=acme.bea)


def resolve(acme, conversation):
    resolve_conversation(conversation, by=acme.bea)


def return_to_bob(acme, conversation):
    assign_conversation(conversation, assignee=acme.bob, by=acme.bea)


def take_bobs_access(acme, conversation):
    acme.inbox.members.filter(membership=acme.bob).delete()


@pytest.mark.parametrize(
    ("event", "outcome", "held_by"),
    [
        (answer, "changed", "bea"),
        (note, "changed", "bea"),
        (pass_to_alice, "changed", "alice"),
        (resolve, "resolved", "bea"),
        (return_to_bob, "already_yours", "bob"),
        (take_bobs_access, "no_access", "bea"),
    ],
)
def test_a_conversation_changed_since_stays_where_it_is(
    acme, give_bob, by, event, outcome, held_by
):
    conversation = give_bob()
    made = hand_over(acme, assign_to(conversation, acme.bea), by=by)
    event(acme, conversation)
    status = stored(conversation).status
    undo_handover(made, by=by)
    assert (undo_results(made), stored(conversation).status) == ([outcome], status)
    assert holder(conversation) == getattr(acme, held_by)


def test_ones_own_note_does_not_block_the_undo(acme, give_bob):
    conversation = give_bob()
    made = hand_over(acme, assign_to(conversation, acme.bea))
    post_note(conversation, body="Bea: they want a refund", client_id=uuid4(), by=acme.bob)
    undo_handover(made, by=acme.bob)
    assert (undo_results(made), holder(conversation)) == (["returned"], acme.bob)


@pytest.mark.parametrize(("to", "outcome"), [("queue", "returned"), ("snooze", "already_yours")])
def test_the_contact_and_routing_do_not_block_the_undo(acme, online, vera, to, outcome):
    """A message from the contact ends the snooze, so the agent already has it."""
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    choice = return_to_queue(conversation) if to == "queue" else snooze(conversation, acme.bob)
    made = hand_over(acme, choice)
    online(acme.bea)
    vera.writes("Anyone?")
    assert holder(conversation) == (acme.bea if to == "queue" else acme.bob)
    undo_handover(made, by=acme.bob)
    assert (undo_results(made), holder(conversation)) == ([outcome], acme.bob)
    assert stored(conversation).is_open


def test_no_undo_after_ten_minutes(acme, give_bob, by):
    conversation = give_bob()
    made = make_old(hand_over(acme, assign_to(conversation, acme.bea), by=by), minutes=10)
    assert undo_handover(made, by=by) is False
    assert (holder(conversation), undo_results(made)) == (acme.bea, [""])


@COMMITS
def test_two_undos_at_once_are_one(acme, give_bob):
    conversations = give_bob(4)
    made = hand_over(acme, *(assign_to(each, acme.bea) for each in conversations))
    answers = in_parallel(4, lambda number: undo_handover(made, by=acme.bob))
    assert answers == [True] * 4
    assert undo_results(made) == ["returned"] * 4
    for conversation in conversations:
        assert holder(conversation) == acme.bob
        taken = conversation.messages.filter(activity="assigned", details__to="Bob")
        assert taken.count() == 2  # at the start and by the undo


@COMMITS
def test_an_undo_and_a_reply_at_once_leave_one_result(acme, give_bob):
    for _ in range(4):
        conversation = give_bob()
        made = hand_over(acme, assign_to(conversation, acme.bea))

        def act(number, conversation=conversation, made=made):
            if number:
                answer(acme, Conversation.objects.get(pk=conversation.pk))
            else:
                undo_handover(made, by=acme.bob)

        in_parallel(2, act)
        expected = {"returned": acme.bob, "changed": acme.bea}
        (result,) = undo_results(made)
        assert holder(conversation) == expected[result]
