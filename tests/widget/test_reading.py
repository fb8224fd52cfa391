"""The open chat window reports what it has shown."""

import json

import pytest
from django.test import Client
from django.utils import timezone

from inbox.actions.visitor import revoke_visitor
from inbox.models import Contact, Conversation, Visitor


def read_seq():
    return Conversation.objects.get().contact_read_seq


def test_the_window_reports_what_it_has_shown(vera):
    vera.posts("Hello")
    response = vera.call("read/", {"seq": 1})
    assert (response.status_code, response.content) == (204, b"")
    assert read_seq() == 1


def test_the_marker_never_moves_back_or_past_the_end(vera):
    vera.posts("Hello")
    last = Conversation.objects.get().last_seq
    for seq in (999_999_999, 1):
        assert vera.call("read/", {"seq": seq}).status_code == 204
        assert read_seq() == last


def test_loading_the_history_marks_nothing_as_read(vera):
    vera.posts("Hello")
    vera.call("messages/?after=0")
    assert vera.call("read/").status_code == 405
    assert read_seq() == 0


def test_only_the_visitors_own_conversation_is_marked(acme, vera, new_visitor):
    vera.posts("Hello")
    assert new_visitor(acme.inbox).call("read/", {"seq": 1}).status_code == 404
    assert read_seq() == 0
    assert Contact.objects.count() == 1


def test_a_token_works_only_in_its_inbox(acme, globex, vera):
    vera.posts("Hello")
    vera.inbox = globex.inbox
    assert vera.call("read/", {"seq": 1}).status_code == 404
    assert read_seq() == 0


def test_missing_and_revoked_tokens_mark_nothing(acme, vera):
    vera.posts("Hello")
    url = f"/widget/{acme.inbox.key}/read/"
    assert Client().post(url, "{}", content_type="application/json").status_code == 401
    revoke_visitor(Visitor.objects.get(), at=timezone.now())
    assert vera.call("read/", {"seq": 1}).status_code == 401
    assert read_seq() == 0


@pytest.mark.parametrize("seq", [None, "1", 0, -1, 1.5, True, [1], 10**9, 10**30])
def test_nonsense_is_refused_in_words(vera, seq):
    vera.posts("Hello")
    response = vera.call("read/", json.dumps({"seq": seq}))
    assert response.status_code == 400
    assert response.json()["error"]
    assert read_seq() == 0


def test_the_loader_is_served_without_comments_and_indentation(acme, client):
    text = client.get(f"/widget/{acme.inbox.key}.js").content.decode()
    assert not [line for line in text.splitlines() if line.startswith((" ", "\t", "//"))]
    assert "const CONFIG={" in text
