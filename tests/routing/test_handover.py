"""Going away with open conversations: each goes where it was sent, and can come back."""

from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member, create_inbox, set_inbox_members
from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from inbox.snoozing import until_i_am_back
from routing import handover_form
from routing.actions.handover import hand_over_conversations, undo_hand_over
from routing.models import HandedOver, HandOver
from teams.actions.availability import go_away
from teams.actions.membership import add_member
from teams.models import Role
from tests.conftest import COMMITS, Vera, in_parallel, make_user
from tests.routing.handing_over import (
    choose,
    holder,
    make_old,
    shown_on,
    stored,
    to_person,
    to_queue,
    to_snooze,
    undone,
)

URL = "/w/acme/handover/"


def hand_over(acme, *choices):
    return hand_over_conversations(acme.bob, choices, by=acme.bob)


# --- Handing over ---


def test_each_conversation_goes_where_it_was_sent(acme, online, bobs):
    online(acme.bea)
    queued, given, snoozed, kept = bobs(4)
    made = hand_over(
        acme, to_queue(queued), to_person(given, acme.alice), to_snooze(snoozed, acme.bob)
    )
    assert [holder(each) for each in (queued, given, snoozed, kept)] == [
        acme.bea,
        acme.alice,
        acme.bob,
        acme.bob,
    ]
    assert stored(snoozed).is_snoozed
    assert stored(kept).is_open
    rows = made.conversations.order_by("conversation__number")
    assert [row.what for row in rows] == ["queue", "person", "snooze"]
    assert [row.seq for row in rows] == [stored(row.conversation).last_seq for row in rows]


def test_the_queue_never_gives_it_back(acme, online, bobs):
    online(acme.bob)
    conversation = bobs()
    hand_over(acme, to_queue(conversation))
    assert holder(conversation) is None


def test_keeping_everything_is_no_hand_over(acme, bobs):
    bobs(2)
    assert hand_over(acme) is None
    assert not HandOver.objects.exists()


def test_what_is_no_longer_theirs_is_left_alone(acme, bobs):
    taken, resolved, theirs = bobs(3)
    assign_conversation(taken, assignee=acme.alice, by=acme.alice)
    resolve_conversation(resolved, by=acme.alice)
    made = hand_over(acme, *(to_person(each, acme.bea) for each in (taken, resolved, theirs)))
    assert [holder(each) for each in (taken, resolved, theirs)] == [acme.alice, acme.bob, acme.bea]
    assert made.conversations.count() == 1


def test_who_cannot_answer_the_inbox_gets_nothing(acme, bobs):
    conversation = bobs()
    acme.inbox.members.filter(membership=acme.bea).delete()
    assert hand_over(acme, to_person(conversation, acme.bea)) is None
    assert holder(conversation) == acme.bob


@COMMITS
def test_handing_over_while_the_contacts_write_loses_nothing(acme, online):
    online(acme.bea)
    visitors = [Vera(acme.inbox) for _ in range(6)]
    conversations = [visitor.writes("One").conversation for visitor in visitors]
    for conversation in conversations:
        assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    go_away(acme.bob)

    def act(number):
        if number == 0:
            hand_over(acme, *(to_queue(each) for each in conversations))
        else:
            for visitor in visitors[number - 1 :: 3]:
                visitor.writes("Two")

    in_parallel(4, act)
    assert {holder(each) for each in conversations} == {acme.bea}
    for conversation in conversations:
        written = conversation.messages.filter(kind="contact").order_by("seq")
        assert [message.body for message in written] == ["One", "Two"]


# --- Undoing ---


def test_undoing_brings_everything_back_open(acme, online, bobs):
    online(acme.bea)
    queued, given, snoozed = bobs(3)
    made = hand_over(
        acme, to_queue(queued), to_person(given, acme.alice), to_snooze(snoozed, acme.bob)
    )
    assert undo_hand_over(made, by=acme.bob) is True
    for each in (queued, given, snoozed):
        assert (stored(each).status, holder(each)) == ("open", acme.bob)
    assert undone(made) == ["returned"] * 3
    made.refresh_from_db()
    assert made.undone_at is not None


def test_twice_is_once(acme, bobs):
    conversation = bobs()
    made = hand_over(acme, to_person(conversation, acme.bea))
    undo_hand_over(made, by=acme.bob)
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    made.refresh_from_db()
    assert undo_hand_over(made, by=acme.bob) is True
    assert holder(conversation) == acme.alice
    assert undone(made) == ["returned"]


@pytest.mark.parametrize("act", [post_reply, post_note])
def test_what_somebody_has_gone_on_with_stays_with_them(acme, bobs, act):
    touched, untouched = bobs(2)
    made = hand_over(acme, to_person(touched, acme.bea), to_person(untouched, acme.bea))
    act(touched, body="I am on it", client_id=uuid4(), by=acme.bea)
    undo_hand_over(made, by=acme.bob)
    assert (holder(touched), holder(untouched)) == (acme.bea, acme.bob)
    assert undone(made) == ["touched", "returned"]


def test_what_somebody_gave_to_somebody_else_stays_there(acme, bobs):
    conversation = bobs()
    made = hand_over(acme, to_person(conversation, acme.bea))
    assign_conversation(conversation, assignee=acme.alice, by=acme.bea)
    undo_hand_over(made, by=acme.bob)
    assert holder(conversation) == acme.alice
    assert undone(made) == ["touched"]


def test_what_the_contact_wrote_and_routing_moved_meanwhile_comes_back(acme, online):
    vera = Vera(acme.inbox)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    made = hand_over(acme, to_queue(conversation))
    online(acme.bea)
    vera.writes("Anybody?")
    assert holder(conversation) == acme.bea
    undo_hand_over(made, by=acme.bob)
    assert holder(conversation) == acme.bob


def test_what_is_resolved_stays_resolved(acme, bobs):
    conversation = bobs()
    made = hand_over(acme, to_person(conversation, acme.bea))
    resolve_conversation(conversation, by=acme.bea)
    undo_hand_over(made, by=acme.bob)
    assert (stored(conversation).status, holder(conversation)) == ("resolved", acme.bea)
    assert undone(made) == ["resolved"]


def test_a_snooze_that_the_contact_ended_is_theirs_already(acme):
    vera = Vera(acme.inbox)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    made = hand_over(acme, to_snooze(conversation, acme.bob))
    vera.writes("Hello?")
    undo_hand_over(made, by=acme.bob)
    assert stored(conversation).is_open
    assert undone(made) == ["mine"]


def test_whoever_lost_the_inbox_meanwhile_gets_nothing_back(acme, bobs):
    conversation = bobs()
    made = hand_over(acme, to_person(conversation, acme.bea))
    acme.inbox.members.filter(membership=acme.bob).delete()
    undo_hand_over(made, by=acme.bob)
    assert holder(conversation) == acme.bea
    assert undone(made) == ["no_access"]


def test_after_ten_minutes_it_is_too_late(acme, bobs):
    conversation = bobs()
    made = make_old(hand_over(acme, to_person(conversation, acme.bea)), minutes=10)
    assert undo_hand_over(made, by=acme.bob) is False
    assert holder(conversation) == acme.bea
    assert undone(made) == [""]


def test_an_interrupted_undoing_is_finished_by_the_next(acme, bobs, monkeypatch):
    first, second = bobs(2)
    made = hand_over(acme, to_person(first, acme.bea), to_person(second, acme.bea))
    with monkeypatch.context() as patched:
        patched.setattr("routing.actions.handover.undo_one", only(first))
        with pytest.raises(RuntimeError):
            undo_hand_over(made, by=acme.bob)
    assert (holder(first), holder(second)) == (acme.bob, acme.bea)
    undo_hand_over(made, by=acme.bob)
    assert (holder(first), holder(second)) == (acme.bob, acme.bob)
    assert undone(made) == ["returned", "returned"]


def only(conversation):
    """The server dies after this one."""
    from routing.actions.handover import undo_one

    def undo(row, *whose):
        if row.conversation_id != conversation.pk:
            raise RuntimeError
        undo_one(row, *whose)

    return undo


@COMMITS
def test_undoing_in_two_tabs_at_once_is_once(acme, bobs):
    conversations = bobs(4)
    made = hand_over(acme, *(to_person(each, acme.bea) for each in conversations))
    answers = in_parallel(4, lambda number: undo_hand_over(made, by=acme.bob))
    assert answers == [True] * 4
    assert undone(made) == ["returned"] * 4
    for conversation in conversations:
        assert holder(conversation) == acme.bob
        taken = conversation.messages.filter(activity="assigned", details__to="Bob")
        assert taken.count() == 2  # at the beginning, and now


@COMMITS
def test_undoing_and_an_answer_at_once_leave_one_of_both(acme, bobs):
    for _ in range(6):
        conversation = bobs()
        made = hand_over(acme, to_person(conversation, acme.bea))

        def act(number, conversation=conversation, made=made):
            copy = Conversation.objects.get(pk=conversation.pk)
            if number:
                post_reply(copy, body="Here", client_id=uuid4(), by=acme.bea)
            else:
                undo_hand_over(made, by=acme.bob)

        in_parallel(2, act)
        expected = {"returned": acme.bob, "touched": acme.bea}
        (how,) = undone(made)
        assert holder(conversation) == expected[how]


# --- The page ---


def test_the_page_lists_my_open_conversations_and_whoever_answers_their_inbox(
    acme, online, bobs, sign_in
):
    online(acme.bea)
    bobs()
    page = sign_in(acme.bob).get(URL).content.decode()
    assert "Question 0" in page
    assert f'value="{acme.bea.pk}"' in page
    assert f'value="{acme.bob.pk}"' not in page  # not to themselves
    assert f'value="{acme.alice.pk}"' not in page  # she does not answer this inbox


def test_the_choices_are_carried_out(acme, bobs, sign_in):
    unmentioned, queued, given, snoozed, kept = bobs(5)
    data = (
        choose(queued, "queue")
        | choose(given, str(acme.bea.pk))
        | choose(snoozed, "snooze")
        | choose(kept, "keep")
    )
    answer = sign_in(acme.bob).post(URL, data)
    assert (answer.status_code, answer["Location"]) == (302, "/w/acme/conversations/")
    assert [holder(each) for each in (queued, given, kept, unmentioned)] == [
        None,
        acme.bea,
        acme.bob,
        acme.bob,
    ]
    assert stored(snoozed).snoozed_until == until_i_am_back(acme.bob).until


def test_only_whoever_answers_the_inbox_is_a_choice(acme, globex, bobs, sign_in):
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bob])
    conversation = bobs(inbox=other)
    client = sign_in(acme.bob)
    for person in (acme.bea, globex.charlie, acme.bob):
        answer = client.post(URL, choose(conversation, str(person.pk)))
        assert answer.status_code == 400
        assert "can no longer have it" in answer.content.decode()
    for nonsense in ("everybody", "\x00", str(uuid4())):
        assert client.post(URL, choose(conversation, nonsense)).status_code == 400
    assert holder(conversation) == acme.bob
    add_inbox_member(other, membership=acme.bea)
    client.post(URL, choose(conversation, str(acme.bea.pk)))
    assert holder(conversation) == acme.bea


def test_other_peoples_conversations_cannot_be_handed_over(acme, bobs, sign_in):
    conversation = bobs()
    sign_in(acme.bea).post(URL, choose(conversation, "queue"))
    assert holder(conversation) == acme.bob


@pytest.mark.parametrize(
    ("permissions", "offered"),
    [(["answer", "resolve"], {"snooze"}), (["answer", "assign"], {"queue", "person"})],
)
def test_a_role_is_offered_only_what_it_may_do_on_the_desk(
    acme, bobs, sign_in, permissions, offered
):
    conversation = bobs()
    acme.bob.role = Role.objects.create(
        workspace=acme.workspace, name="Narrow", permissions=permissions
    )
    acme.bob.save()
    client = sign_in(acme.bob)
    values = {"queue": "queue", "snooze": "snooze", "person": str(acme.bea.pk)}
    page = client.get(URL).content.decode()
    assert {name for name, value in values.items() if f'value="{value}"' in page} == offered
    for name in values.keys() - offered:
        assert client.post(URL, choose(conversation, values[name])).status_code == 400


def test_the_desk_offers_to_undo_it_until_it_is_too_late(acme, bobs, sign_in):
    conversation = bobs()
    client = sign_in(acme.bob)
    client.post(URL, choose(conversation, str(acme.bea.pk)))
    made = HandOver.objects.get()
    undoing = f"{URL}{made.pk}/undoing/"
    assert undoing in client.get("/w/acme/conversations/").content.decode()
    assert undoing not in sign_in(acme.bea).get("/w/acme/conversations/").content.decode()
    make_old(made, minutes=11)
    assert undoing not in client.get("/w/acme/conversations/").content.decode()
    told = client.post(undoing, follow=True).content.decode()
    assert "It is too late" in told
    assert holder(conversation) == acme.bea


def test_undoing_tells_what_came_back_and_what_did_not(acme, bobs, sign_in):
    lost, back = bobs(2)
    client = sign_in(acme.bob)
    client.post(URL, choose(lost, str(acme.bea.pk)) | choose(back, str(acme.bea.pk)))
    post_reply(lost, body="Mine", client_id=uuid4(), by=acme.bea)
    page = client.post(f"{URL}{HandOver.objects.get().pk}/undoing/", follow=True).content.decode()
    assert "Undone: one of 2 came back to you" in page
    assert "Somebody else has gone on with it" in page
    assert (holder(lost), holder(back)) == (acme.bea, acme.bob)


def test_somebody_elses_hand_over_does_not_exist(acme, globex, bobs, sign_in):
    made = hand_over(acme, to_person(bobs(), acme.bea))
    for person, slug in ((acme.alice, "acme"), (acme.bea, "acme"), (globex.charlie, "globex")):
        url = f"/w/{slug}/handover/{made.pk}/undoing/"
        assert sign_in(person).post(url).status_code == 404
    assert undone(made) == [""]


def test_more_than_a_page_is_said_and_comes_with_the_next(acme, bobs, sign_in, monkeypatch):
    monkeypatch.setattr("routing.handover_form.MOST", 2)
    first, second, third = bobs(3)
    client = sign_in(acme.bob)
    page = client.get(URL).content.decode()
    assert "the others follow on the next page" in page
    assert "Question 2" not in page
    data = choose(first, "queue") | choose(second, "queue")
    assert client.post(URL, data)["Location"] == f"{URL}?after={second.number}"
    assert [holder(each) for each in (first, second, third)] == [None, None, acme.bob]


def test_what_was_kept_is_not_shown_again_on_the_next_page(acme, bobs, sign_in, monkeypatch):
    monkeypatch.setattr(handover_form, "MOST", 2)
    first, second, third, fourth, fifth = bobs(5)
    client = sign_in(acme.bob)
    page = client.get(URL)
    assert shown_on(page) == [first, second]
    assert "You have 5 open conversations" in page.text
    next_page = client.post(URL, choose(first, "keep") | choose(second, "keep"))["Location"]
    page = client.get(next_page)
    assert shown_on(page) == [third, fourth]
    assert "You have 5 open conversations" in page.text
    assert f'action="{next_page}"' in page.text
    # Somebody resolves one meanwhile: the last is no part of what was chosen from.
    resolve_conversation(third, by=acme.bob)
    last_page = client.post(next_page, choose(third, "queue") | choose(fourth, "queue"))["Location"]
    assert holder(fourth) is None
    page = client.get(last_page)
    assert shown_on(page) == [fifth]
    assert "next page" not in page.text
    done = client.post(last_page, choose(fifth, str(acme.bea.pk)))
    assert done["Location"] == "/w/acme/conversations/"
    assert [holder(each) for each in (first, second, fifth)] == [acme.bob, acme.bob, acme.bea]


def test_after_the_last_page_nothing_more_is_there(acme, bobs, sign_in):
    conversation = bobs()
    page = sign_in(acme.bob).get(f"{URL}?after={conversation.number}").text
    assert "Nothing more to hand over" in page
    assert "You have no open conversations" not in page


@pytest.mark.parametrize("after", ["-1", "x", "", "9" * 40, "²"])
def test_nonsense_for_a_page_is_the_first_one(acme, bobs, sign_in, after):
    conversation = bobs()
    assert shown_on(sign_in(acme.bob).get(URL, {"after": after})) == [conversation]


def test_of_very_many_people_those_who_are_there_are_offered(
    acme, bobs, online, sign_in, monkeypatch
):
    monkeypatch.setattr(handover_form, "MOST_PEOPLE", 2)
    conversation = bobs()
    for number in range(4):
        person = add_member(acme.workspace, user=make_user(f"Anna {number}", "acme"))
        add_inbox_member(acme.inbox, membership=person)
    online(acme.bea)
    client = sign_in(acme.bob)
    page = client.get(URL).text
    assert f'value="{acme.bea.pk}"' in page
    assert page.count("Anna") == 1
    # Whoever was offered stays a choice when they are gone the moment it is sent.
    client.post(URL, {f"conversation-{conversation.number}": str(person.pk)})
    assert holder(conversation) == person


def test_it_takes_a_fixed_number_of_queries(acme, bobs, sign_in, django_assert_max_num_queries):
    bobs(12)
    client = sign_in(acme.bob)
    with django_assert_max_num_queries(14):
        client.get(URL)


def test_a_row_is_handed_over_once(acme, bobs):
    conversation = bobs()
    made = hand_over(acme, to_person(conversation, acme.bea), to_person(conversation, acme.alice))
    assert HandedOver.objects.filter(hand_over=made).count() == 1
    assert holder(conversation) == acme.bea


def test_the_longest_page_is_no_megabyte(acme, sign_in):
    names = [f"Person {number}" for number in range(handover_form.MOST_PEOPLE + 10)]
    people = [add_member(acme.workspace, user=make_user(name, "acme")) for name in names]
    set_inbox_members(acme.inbox, members=[acme.bob, *people], by=acme.alice)
    for _ in range(handover_form.MOST + 1):
        conversation = Vera(acme.inbox).writes().conversation
        assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
    assert len(sign_in(acme.bob).get(URL).content) < 1_000_000
