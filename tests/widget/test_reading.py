"""The open chat window says what it has shown."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from inbox.actions.visitor import revoke_visitor
from inbox.models import Contact, Conversation, Visitor


def read_seq():
    return Conversation.objects.get().contact_read_seq


def test_the_window_says_what_it_has_shown(vera):
    vera.posts("Hello")
    answer = vera.call("reading/", {"seq": 1})
    assert (answer.status_code, answer.content) == (204, b"")
    assert read_seq() == 1


def test_it_never_goes_back_nor_beyond_what_there_is(vera):
    vera.posts("Hello")
    last = Conversation.objects.get().last_seq
    for seq in (999_999_999, 1):
        assert vera.call("reading/", {"seq": seq}).status_code == 204
        assert read_seq() == last


def test_the_history_alone_is_not_read(vera):
    vera.posts("Hello")
    vera.call("messages/?after=0")
    assert vera.call("reading/").status_code == 405
    assert read_seq() == 0


def test_only_the_visitors_own_conversation_is_marked(acme, vera, new_visitor):
    vera.posts("Hello")
    assert new_visitor(acme.inbox).call("reading/", {"seq": 1}).status_code == 404
    assert read_seq() == 0
    assert Contact.objects.count() == 1


def test_a_token_of_one_inbox_is_nobody_in_another(acme, globex, vera):
    vera.posts("Hello")
    vera.inbox = globex.inbox
    assert vera.call("reading/", {"seq": 1}).status_code == 404
    assert read_seq() == 0


def test_without_a_token_or_with_a_revoked_one_nothing_is_marked(acme, vera):
    vera.posts("Hello")
    url = f"/widget/{acme.inbox.key}/reading/"
    assert Client().post(url, "{}", content_type="application/json").status_code == 401
    revoke_visitor(Visitor.objects.get(), at=timezone.now())
    assert vera.call("reading/", {"seq": 1}).status_code == 401
    assert read_seq() == 0


@pytest.mark.parametrize("seq", [None, "1", 0, -1, 1.5, True, [1], 10**9, 10**30])
def test_nonsense_is_refused_in_words(vera, seq):
    vera.posts("Hello")
    answer = vera.call("reading/", json.dumps({"seq": seq}))
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert read_seq() == 0


def test_the_loader_is_served_without_what_only_readers_of_it_need(acme, client):
    text = client.get(f"/widget/{acme.inbox.key}.js").content.decode()
    lines = text.splitlines()
    assert len(lines) > 100
    assert not [line for line in lines if line.startswith((" ", "\t", "//"))]
    assert "const CONFIG={" in text
