"""The widget's API, which other websites embed."""

import json
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from inbox.actions.message import post_note, post_reply
from inbox.actions.visitor import revoke_visitor
from inbox.models import Contact, Conversation, Message, Visitor
from messagehub.lib import redis
from messagehub.lib.live import tickets
from tests.clock import movable_clock

# Fixed, because test ids contain it and must be the same in all workers.
AN_ID = "0b0e2a3c-9f27-4c6e-8d51-2f0c9a7e6b14"


def test_the_loader_is_small_and_carries_the_inbox(acme, client):
    response = client.get(f"/widget/{acme.inbox.key}.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert acme.inbox.key in response.content.decode()
    again = client.get(
        f"/widget/{acme.inbox.key}.js", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304
    assert client.get("/widget/nosuchkey.js").status_code == 404


def test_only_allowed_sites_may_frame_the_chat(acme, client):
    acme.inbox.allowed_sites = ["https://shop.example"]
    acme.inbox.save()
    response = client.get(f"/widget/{acme.inbox.key}/frame/")
    policy = response["Content-Security-Policy"] + ";"
    assert "frame-ancestors 'self' https://shop.example;" in policy
    assert "X-Frame-Options" not in response
    assert not response.cookies


def test_without_allowed_sites_any_page_may_embed_it_even_without_an_origin(acme, client):
    policy = client.get(f"/widget/{acme.inbox.key}/frame/")["Content-Security-Policy"]
    assert "frame-ancestors" not in policy
    assert "default-src 'none'" in policy


def test_looking_creates_no_contact(acme, vera):
    response = vera.call("messages/?after=0").json()
    assert (response["last_seq"], response["html"], response["live"]) == (0, "", False)
    assert vera.call("ticket/", {}).status_code == 404
    assert vera.call("email/", {"email": "vera@example.com"}).status_code == 404
    assert not Contact.objects.exists()
    assert not Visitor.objects.exists()


def test_a_retry_returns_the_stored_message(acme, vera):
    client_id = uuid4()
    first, again = (vera.posts("Hello", client_id) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["seq"] == again.json()["seq"] == 1
    assert "Hello" in first.json()["html"]
    assert vera.posts("Other text", client_id).status_code == 409
    assert Message.objects.filter(kind="contact").count() == 1


def test_a_reload_loads_the_history(acme, vera):
    vera.posts("one")
    conversation = Conversation.objects.get()
    post_reply(conversation, body="two", client_id=uuid4(), by=acme.bob)
    html = vera.call("messages/?after=0").json()["html"]
    assert html.index("one") < html.index("two")
    later = vera.call("messages/?after=1").json()["html"]
    assert "one" not in later
    assert "two" in later


def test_a_reply_of_a_member_who_is_deleted_is_still_shown(acme, vera, sign_in):
    conversation = vera.writes("Hello?").conversation
    post_reply(conversation, body="Here I am", client_id=uuid4(), by=acme.bob)
    post_note(conversation, body="Hm", client_id=uuid4(), by=acme.bob)
    acme.bob.user.delete()
    html = vera.call("messages/?after=0").json()["html"]
    assert "Here I am" in html
    assert acme.workspace.name in html.partition("Here I am")[2]
    page = sign_in(acme.bea).get(f"/w/acme/conversations/{conversation.number}/").content.decode()
    assert "Former member · private note" in page
    # The note says it twice, and the activity that they took the conversation once.
    assert page.count("Former member") == 4


def test_notes_and_activities_never_reach_the_visitor(acme, online, vera):
    online(acme.bob)
    vera.posts("Hello")
    conversation = Conversation.objects.get()
    post_note(conversation, body="difficult person", client_id=uuid4(), by=acme.bob)
    everything = vera.call("messages/?after=0").content.decode()
    assert "difficult" not in everything
    assert "round robin" not in everything
    assert "Bea" not in everything


def test_other_tokens_see_nothing(acme, vera, new_visitor):
    vera.posts("my secret")
    other = new_visitor(acme.inbox)
    assert "secret" not in other.call("messages/?after=0").content.decode()


def test_a_token_works_only_in_its_inbox(acme, globex, vera):
    vera.posts("my secret")
    vera.inbox = globex.inbox
    assert vera.call("messages/?after=0").json()["html"] == ""


def test_the_ticket_opens_only_the_visitors_own_conversation(acme, vera):
    vera.posts("Hello")
    ticket = tickets.read(vera.call("ticket/", {}).json()["ticket"])
    conversation = Conversation.objects.get()
    assert ticket.channels == (f"live:contact:{conversation.pk}".encode(),)
    subjects = (f"visitor:{Visitor.objects.get().pk}", f"unverified:{acme.inbox.pk}")
    assert ticket.subjects == tuple(subject.encode() for subject in subjects)


@pytest.mark.parametrize("header", ["", "Visitor", "Visitor short", "Bearer " + "x" * 43])
def test_requests_without_a_valid_token_are_refused(acme, header):
    for path, method in (("messages/", "get"), ("messages/", "post"), ("ticket/", "post")):
        url = f"/widget/{acme.inbox.key}/{path}"
        response = getattr(Client(), method)(url, headers={"Authorization": header})
        assert response.status_code == 401


def test_a_revoked_visitor_has_to_start_over(acme, vera):
    vera.posts("Hello")
    revoke_visitor(Visitor.objects.get(), at="2026-01-01T00:00Z")
    assert vera.call("messages/?after=0").status_code == 401
    assert vera.posts("more").status_code == 401
    assert vera.call("ticket/", {}).status_code == 401


BAD_BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"body": "x"}',
    b'{"client_id": "%s"}' % AN_ID.encode(),
    *(
        json.dumps({"body": body, "client_id": AN_ID}).encode()
        for body in (
            "",
            " \n ",
            "x" * 5001,
            "\x00\x1b",
            "\ud800",
            "\u202e\u202c",
            "\u200b",
            "\u3164",
            None,
            5,
            [],
            {"a": 1},
            True,
        )
    ),
    *(
        json.dumps({"body": "x", "client_id": client_id}).encode()
        for client_id in ("", "1", "x" * 500, "\x00", None, 7, [], {})
    ),
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: repr(body[:40]))
def test_invalid_messages_are_refused_with_an_error(acme, vera, body):
    response = vera.call("messages/", body)
    assert response.status_code == 400
    assert response.json()["error"]
    assert not Contact.objects.exists()


@pytest.mark.parametrize("email", ["", "x", "a@b", "a\n@example.com", None, 5])
def test_an_invalid_email_is_refused_with_an_error(acme, vera, email):
    vera.posts("Hello")
    response = vera.call("email/", {"email": email})
    assert response.status_code == 400
    assert "email" in response.json()["error"]
    assert Contact.objects.get().email == ""


@pytest.mark.parametrize("after", ["x", "-1", "1e9", "99999999999", "\x00", "²"])
def test_an_invalid_seq_is_not_found(acme, vera, after):
    assert vera.call(f"messages/?after={after}").status_code == 404


def test_page_urls_are_stored_without_query_and_fragment(acme, vera):
    vera.posts("Hello", page="https://shop.example/cart?token=secret#part")
    assert Conversation.objects.get().page_url == "https://shop.example/cart"


def test_too_many_messages_are_refused(acme, vera):
    with movable_clock() as clock:
        clock.stop_at(timezone.now())  # so that the test's duration doesn't matter
        statuses = [vera.posts(str(number)).status_code for number in range(45)]
    assert statuses[0] == 201
    assert statuses[-1] == 429


def test_a_waiting_visitor_is_asked_for_an_email(acme, vera):
    html = vera.posts("Anyone?").json()["state_html"]
    assert 'data-state="offline"' in html
    assert 'id="email-form"' in html
    state = vera.call("email/", {"email": "Vera@Example.com"}).json()["state_html"]
    assert "vera@example.com" in state
    assert "<details" in state  # it can be corrected
    assert Contact.objects.get().email == "vera@example.com"


def test_an_online_agent_is_named(acme, online, vera):
    assert 'data-state="offline"' in vera.call("messages/").json()["state_html"]
    online(acme.bob)
    assert 'data-state="online"' in vera.call("messages/").json()["state_html"]
    state = vera.posts("Hi").json()["state_html"]
    assert 'data-state="online"' in state
    assert "Bob" in state


def test_without_redis_messages_are_stored_and_queued(acme, vera, monkeypatch):
    def away(*args, **kwargs):
        raise redis.UNAVAILABLE[0]("away")

    monkeypatch.setattr("redis.connection.ConnectionPool.get_connection", away)
    response = vera.posts("Hello")
    assert response.status_code == 201
    assert Conversation.objects.get().assignee is None


def test_without_postgresql_nothing_is_acknowledged(acme, vera):
    with patch("widget.access.find_inbox", side_effect=OperationalError("gone")):
        response = vera.posts("Hello")
    assert response.status_code == 503
    assert response.json()["error"]
    assert response["Retry-After"]
    assert not Message.objects.exists()
