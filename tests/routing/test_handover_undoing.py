"""Each hand-over of the last ten minutes can be taken back, one after the other."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_note
from inbox.models import Conversation
from routing import handover_form
from routing.actions.handover import hand_over_conversations, undo_hand_over
from routing.models import HandOver
from routing.views import handover
from tests.routing.handing_over import choose, holder, to_person, undone

PAGE = "/w/acme/handover/"


def undo_of(hand_over):
    return reverse("handover-undoing", args=["acme", hand_over.pk])


def offered(client):
    """The hand-over that the page offers to take back: its undoing's address, or None."""
    found = re.search(r'action="([^"]+/undoing/)"', client.get(PAGE).text)
    return found and found[1]


@pytest.fixture
def two_hand_overs(acme, bobs, sign_in):
    one, two = bobs(2)
    client = sign_in(acme.bob)
    client.post(PAGE, choose(one, "queue"))
    client.post(PAGE, choose(two, "queue"))
    return client, *HandOver.objects.order_by("created_at")


def test_the_one_before_can_be_taken_back_after_the_last(acme, two_hand_overs):
    client, first, last = two_hand_overs
    assert offered(client) == undo_of(last)
    client.post(undo_of(last))
    assert offered(client) == undo_of(first)
    client.post(undo_of(first))
    assert offered(client) is None
    assert Conversation.objects.filter(assignee=acme.bob).count() == 2


def test_the_page_says_what_the_last_undoing_did(two_hand_overs):
    client, first, last = two_hand_overs
    for hand_over in (last, first):
        client.post(undo_of(hand_over))
        shown = client.get(PAGE).context["undone"]
        assert [each.hand_over_id for each in shown] == [hand_over.pk]


def test_every_page_of_a_long_hand_over_can_be_taken_back(acme, bobs, sign_in, monkeypatch):
    monkeypatch.setattr(handover_form, "MOST", 1)
    one, two = bobs(2)
    client = sign_in(acme.bob)
    answer = client.post(PAGE, choose(one, "queue"))
    client.post(answer.url, choose(two, "queue"))
    assert Conversation.objects.filter(assignee=acme.bob).count() == 0
    while undoing := offered(client):
        client.post(undoing)
    assert Conversation.objects.filter(assignee=acme.bob).count() == 2


STAYS = "Everything stays with you."


def test_whoever_keeps_all_is_told_so(acme, bobs, sign_in):
    one = bobs(1)
    answer = sign_in(acme.bob).post(PAGE, choose(one, "keep"), follow=True)
    assert STAYS in answer.text


def test_what_somebody_else_took_meanwhile_is_not_said_to_stay(acme, bobs, sign_in, monkeypatch):
    one = bobs(1)

    def too_late(*about, **more):
        assign_conversation(one, assignee=acme.bea, by=acme.alice)
        return hand_over_conversations(*about, **more)

    monkeypatch.setattr(handover, "hand_over_conversations", too_late)
    answer = sign_in(acme.bob).post(PAGE, choose(one, "queue"), follow=True)
    assert not HandOver.objects.exists()
    assert STAYS not in answer.text


def test_ones_own_note_is_not_somebody_else_going_on_with_it(acme, bobs):
    conversation = bobs()
    made = hand_over_conversations(acme.bob, [to_person(conversation, acme.bea)], by=acme.bob)
    post_note(conversation, body="Bea: they want a refund", client_id=uuid4(), by=acme.bob)
    undo_hand_over(made, by=acme.bob)
    assert (undone(made), holder(conversation)) == (["returned"], acme.bob)


def test_a_colleagues_note_is(acme, bobs):
    conversation = bobs()
    made = hand_over_conversations(acme.bob, [to_person(conversation, acme.bea)], by=acme.bob)
    post_note(conversation, body="Calling them", client_id=uuid4(), by=acme.alice)
    undo_hand_over(made, by=acme.bob)
    assert (undone(made), holder(conversation)) == (["touched"], acme.bea)
