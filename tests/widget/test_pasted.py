"""Pasted text is stored the same from the visitor's chat and from the agents' desk."""

from uuid import uuid4

import pytest

from inbox.actions.message import post_note, post_reply
from inbox.models import Conversation, Message

STORED = {
    "direction marks of a phone number": (
        "call \u202a+1 (555) 010-0199\u202c please",
        "call +1 (555) 010-0199 please",
    ),
    "code": ("    if (x) {\n        return 1;\n    }",) * 2,
    "code between blank lines": ("\r\n  \r\n\tx = 1\r\n\r\n", "\tx = 1"),
    "line ends": ("line one\r\nline two", "line one\nline two"),
    "family": ("family \U0001f468\u200d\U0001f469\u200d\U0001f467",) * 2,
    "Persian": ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",) * 2,
    "NUL and escape": ("a\x00\x1bb", "ab"),
}
EMPTY = [
    "\u200b",
    "\u3164",
    "\u2800\n\u2800",
    "\ufe0f",
    "\u0301",
    "\u00ad",
    "\u200d",
    "\u202e\u202c",
]
PASTED = pytest.mark.parametrize(("typed", "stored"), STORED.values(), ids=STORED.keys())


def latest():
    return Message.objects.exclude(kind="activity").latest("seq")


@PASTED
def test_a_visitors_message(vera, typed, stored):
    client_id = uuid4()
    assert vera.posts(typed, client_id=client_id).status_code == 201
    assert latest().body == stored
    # A retry is cleaned in the same way, so it's recognised as the same message.
    assert vera.posts(typed, client_id=client_id).status_code == 200


@pytest.mark.parametrize("url_name", ["replies", "notes"])
@PASTED
def test_an_agents_message(acme, vera, sign_in, url_name, typed, stored):
    vera.writes()
    url = f"/w/acme/conversations/1/{url_name}/"
    data = {"body": typed, "client_id": uuid4()}
    assert sign_in(acme.bob).post(url, data, headers={"HX-Request": "true"}).status_code == 201
    assert latest().body == stored


@pytest.mark.parametrize("typed", EMPTY)
def test_an_invisible_message_is_refused_with_an_error(acme, vera, sign_in, typed):
    response = vera.posts(typed)
    assert (response.status_code, response.json()["error"]) == (400, "Enter a message.")
    vera.writes()
    for url_name in ("replies", "notes"):
        data = {"body": typed, "client_id": uuid4()}
        response = sign_in(acme.bob).post(f"/w/acme/conversations/1/{url_name}/", data)
        assert response.status_code == 400
        assert "Enter a message." in response.content.decode()
    assert Message.objects.exclude(kind="activity").count() == 1


def test_indentation_is_kept_on_both_sides(acme, vera, sign_in):
    code = "    if (x) {\n        return 1;\n    }"
    vera.posts(code)
    conversation = Conversation.objects.get()
    post_reply(conversation, body=code, client_id=uuid4(), by=acme.bob)
    post_note(conversation, body=code, client_id=uuid4(), by=acme.bob)
    page = sign_in(acme.bob).get("/w/acme/conversations/1/").content.decode()
    formatted = f"<p>{code}</p>".replace("\n", "<br>")
    for html in (page, vera.call("messages/?after=0").json()["html"]):
        assert html.count(f'dir="auto">{code}</div>') == 1
        assert formatted in html
    assert page.count(formatted) == 2
