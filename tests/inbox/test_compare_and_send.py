"""No one answers blind, and no one answers twice."""

from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import NewsSince, post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from tests.conftest import COMMITS, in_parallel


@pytest.fixture
def conversation(acme, vera):
    return vera.writes("Where is my lamp?").conversation


@pytest.fixture
def send(conversation, sign_in):
    """Return send(member, body, known_seq), which posts a reply as the desk does."""

    def send(member, body, known_seq="", client_id=None):
        url = f"/w/acme/conversations/{conversation.number}/replies/"
        data = {"body": body, "client_id": client_id or uuid4(), "known_seq": known_seq}
        return sign_in(member).post(url, data, headers={"HX-Request": "true"})

    return send


def replies(conversation):
    return [each.body for each in conversation.messages.filter(kind="reply").order_by("seq")]


def test_a_colleagues_answer_is_shown_before_mine_is_sent(acme, conversation, send):
    assert send(acme.bea, "It <left> today", known_seq=1).status_code == 201
    answer = send(acme.bob, "Let me look", known_seq=1)
    assert answer.status_code == 412
    page = answer.content.decode()
    assert "Bea answered" in page
    assert "It &lt;left&gt; today" in page
    last_seq = Conversation.objects.get().last_seq
    assert f'data-known-seq="{last_seq}"' in page
    assert replies(conversation) == ["It <left> today"]
    assert send(acme.bob, "Let me look", known_seq=last_seq).status_code == 201


def test_what_the_contact_wrote_and_what_colleagues_did_counts(acme, vera, conversation, send):
    vera.writes("Never mind, it is here")
    assert "wrote" in send(acme.bob, "Hm", known_seq=1).content.decode()
    post_note(conversation, body="Don't answer yet", client_id=uuid4(), by=acme.bea)
    assert "Bea added a note" in send(acme.bob, "Hm", known_seq=2).content.decode()
    resolve_conversation(conversation, by=acme.bea)
    assert "Bea resolved" in send(acme.bob, "Hm", known_seq=3).content.decode()
    seq = Conversation.objects.get().last_seq
    assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
    assert "Alice assigned" in send(acme.bob, "Hm", known_seq=seq).content.decode()
    assert replies(conversation) == []


def test_my_own_doings_and_being_assigned_never_ask(acme, conversation, send):
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    post_note(conversation, body="On it", client_id=uuid4(), by=acme.bob)
    assert send(acme.bob, "One", known_seq=1).status_code == 201
    assert send(acme.bob, "Two", known_seq=1).status_code == 201


def test_a_retry_returns_what_is_stored_even_with_news(acme, vera, conversation, send):
    client_id = uuid4()
    assert send(acme.bob, "Hello", known_seq=1, client_id=client_id).status_code == 201
    vera.writes("Thanks")
    assert send(acme.bob, "Hello", known_seq=1, client_id=client_id).status_code == 201
    assert replies(conversation) == ["Hello"]


@pytest.mark.parametrize("known_seq", ["-1", "x", "9" * 30])
def test_a_wrong_number_is_refused(acme, conversation, send, known_seq):
    assert send(acme.bob, "Hello", known_seq=known_seq).status_code == 400


@COMMITS
def test_of_two_simultaneous_answers_one_asks(acme, conversation):
    def answer(number):
        copy, by = Conversation.objects.get(pk=conversation.pk), [acme.bob, acme.bea][number]
        try:
            return post_reply(copy, body=f"Answer {number}", client_id=uuid4(), by=by, known_seq=1)
        except NewsSince as news:
            return [entry.body for entry in news.entries if entry.kind == "reply"]

    answers = in_parallel(2, answer)
    [stored] = replies(conversation)
    assert sorted(answers, key=lambda each: each == [stored])[1] == [stored]
