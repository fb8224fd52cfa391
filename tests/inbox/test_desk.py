"""The agents' desk over HTTP."""

import re
from uuid import uuid4

import pytest

from inbox import timeline
from inbox.actions.message import post_note, post_reply
from inbox.models import Conversation, Message
from messagehub.lib.live import tickets
from teams.sessions import session_subject
from tests.conftest import keep_waiting


def url(conversation, verb=""):
    return f"/w/acme/conversations/{conversation.number}/{verb}"


def test_the_lists_show_mine_unassigned_and_all(acme, online, vera, new_visitor, sign_in):
    waiting = new_visitor(acme.inbox).writes("I wait").conversation
    keep_waiting(waiting, acme.bob)
    online(acme.bob)
    mine = vera.writes("I am Bob's").conversation
    client = sign_in(acme.bob)

    def rows(view):
        html = client.get(f"/w/acme/conversations/rows/?view={view}").content.decode()
        return {
            conversation.number
            for conversation in (waiting, mine)
            if f'id="row-{conversation.number}"' in html
        }

    assert rows("mine") == {mine.number}
    assert rows("unassigned") == {waiting.number}
    assert rows("all") == {mine.number, waiting.number}
    counts = client.get("/w/acme/conversations/counts/?people").json()
    assert [counts[view] for view in ("mine", "unassigned", "all")] == [1, 1, 2]
    presence = {person["membership"]: person["state"] for person in counts["people"]}
    assert "people" not in client.get("/w/acme/conversations/counts/").json()
    assert presence == {
        str(acme.alice.pk): "offline",
        str(acme.bob.pk): "available",
        str(acme.bea.pk): "offline",
    }


def test_an_unchanged_list_is_not_sent_again(acme, vera, sign_in):
    vera.writes("One")
    client = sign_in(acme.bob)

    def known(page):
        return re.search(r'data-version="(\w+)"', page.text)[1]

    def ask(known, view="all"):
        return client.get(f"/w/acme/conversations/rows/?view={view}&version={known}")

    came_with = known(client.get("/w/acme/conversations/?view=all"))
    again = ask(came_with)
    assert (again.status_code, again.content) == (204, b"")
    assert ask(came_with, view="mine").status_code == 200
    assert known(ask("")) == came_with
    vera.writes("Two")
    changed = ask(came_with)
    assert changed.status_code == 200
    assert "Two" in changed.text
    assert ask(known(changed)).status_code == 204


def test_an_agent_outside_the_inbox_sees_none_of_it(acme, globex, vera, sign_in):
    conversation = vera.writes("secret").conversation
    acme.inbox.members.filter(membership=acme.bea).delete()
    client = sign_in(acme.bea)
    assert client.get(url(conversation)).status_code == 404
    assert "secret" not in client.get("/w/acme/conversations/?view=all").content.decode()
    assert client.get("/w/acme/conversations/counts/").json()["all"] == 0
    assert client.post(url(conversation, "replies/"), {"body": "x"}).status_code == 404
    ticket = client.post("/w/acme/live-ticket/").json()["ticket"]
    heard = tickets.read(ticket).channels
    assert heard
    assert not any(str(acme.inbox.pk).encode() in channel for channel in heard)
    refused = client.post("/w/acme/live-ticket/", {"conversation": conversation.number})
    assert refused.json()["refused"] == [str(conversation.number)]
    heard = tickets.read(refused.json()["ticket"]).channels
    assert heard
    assert not any(str(conversation.pk).encode() in channel for channel in heard)


def test_one_ticket_serves_several_open_conversations(acme, new_visitor, sign_in):
    one, other = (new_visitor(acme.inbox).writes().conversation for _ in range(2))
    client = sign_in(acme.bob)
    asked = {"conversation": [one.number, "", other.number, 99]}
    response = client.post("/w/acme/live-ticket/", asked).json()
    heard = tickets.read(response["ticket"]).channels
    assert heard[-2:] == tuple(f"live:conversation:{each.pk}".encode() for each in (one, other))
    assert response["refused"] == ["99"]
    for nonsense in ("x", "-1", "1e3"):
        assert client.post("/w/acme/live-ticket/", {"conversation": nonsense}).status_code == 404
    many = {"conversation": list(range(1, 14))}
    assert client.post("/w/acme/live-ticket/", many).status_code == 404


def test_a_ticket_names_channels_and_subjects(acme, vera, sign_in):
    conversation = vera.writes().conversation
    client = sign_in(acme.bob)
    response = client.post("/w/acme/live-ticket/", {"conversation": conversation.number})
    ticket = tickets.read(response.json()["ticket"])
    channels = [
        f"workspace:{acme.workspace.pk}",
        f"membership:{acme.bob.pk}",
        f"inbox:{acme.inbox.pk}",
        f"conversation:{conversation.pk}",
    ]
    assert ticket.channels == tuple(f"live:{name}".encode() for name in channels)
    request = type("R", (), {"session": client.session})
    assert set(ticket.subjects) == {
        f"membership:{acme.bob.pk}".encode(),
        session_subject(request).encode(),
    }


def test_a_reply_is_stored_once_and_returned_as_an_entry(acme, vera, sign_in):
    conversation = vera.writes().conversation
    client = sign_in(acme.bob)
    data = {"body": "Hello <b>Vera</b>", "client_id": str(uuid4())}
    headers = {"HX-Request": "true"}
    responses = [
        client.post(url(conversation, "replies/"), data, headers=headers) for _ in range(2)
    ]
    assert [response.status_code for response in responses] == [201, 201]
    html = responses[0].content.decode()
    assert "Hello &lt;b&gt;Vera&lt;/b&gt;" in html
    assert f'data-author="{acme.bob.pk}"' in html
    assert conversation.messages.filter(kind="reply").count() == 1
    other = client.post(url(conversation, "replies/"), data | {"body": "Other"}, headers=headers)
    assert other.status_code == 409


def test_an_empty_or_overlong_reply_is_refused_with_an_error(acme, vera, sign_in):
    conversation = vera.writes().conversation
    client = sign_in(acme.bob)
    for body, error in (("  ", "Enter a message"), ("x" * 5001, "longer than 5000")):
        data = {"body": body, "client_id": str(uuid4())}
        response = client.post(url(conversation, "replies/"), data)
        assert response.status_code == 400
        assert error in response.content.decode()
    assert not conversation.messages.filter(kind="reply").exists()


def test_unknown_fields_change_nothing(acme, globex, vera, sign_in):
    conversation = vera.writes().conversation
    extra = {"author": acme.alice.pk, "kind": "contact", "workspace": globex.workspace.pk}
    data = {"body": "Hi", "client_id": str(uuid4())} | extra
    sign_in(acme.bob).post(url(conversation, "replies/"), data)
    message = conversation.messages.get(kind="reply")
    assert message.author == acme.bob
    assert message.workspace == acme.workspace


def test_a_member_of_another_workspace_cannot_be_assigned(acme, globex, vera, sign_in):
    conversation = vera.writes().conversation
    client = sign_in(acme.bob)
    for stranger in (globex.charlie.pk, uuid4(), "nonsense", "\x00"):
        response = client.post(url(conversation, "assignment/"), {"assignee": stranger})
        assert response.status_code == 400
    client.post(url(conversation, "assignment/"), {"assignee": acme.bea.pk})
    assert Conversation.objects.get().assignee == acme.bea


def test_resolve_and_reopen(acme, vera, sign_in):
    conversation = vera.writes().conversation
    client = sign_in(acme.bob)
    client.post(url(conversation, "resolution/"))
    assert Conversation.objects.get().status == "resolved"
    client.post(url(conversation, "reopening/"))
    assert Conversation.objects.get().status == "open"


def test_a_page_catches_up_with_later_entries(acme, vera, sign_in):
    conversation = vera.writes("one").conversation
    post_reply(conversation, body="two", client_id=uuid4(), by=acme.bob)
    client = sign_in(acme.bea)
    html = client.get(url(conversation, "entries/?after=2")).content.decode()
    assert "two" in html
    assert "one" not in html
    assert client.get(url(conversation, "entries/?after=x")).status_code == 404
    assert client.get(url(conversation, "entries/?after=-1")).status_code == 404


def test_what_a_visitor_types_cannot_become_markup(acme, vera, sign_in):
    body = '<script>alert(1)</script> "><img src=x onerror=alert(1)> javascript:alert(1)'
    conversation = vera.writes(body).conversation
    client = sign_in(acme.bob)
    for page in (url(conversation), "/w/acme/conversations/?view=all"):
        html = client.get(page).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html


@pytest.mark.parametrize(
    ("path", "target", "count"),
    [
        ("?view=all", "", 12),
        ("?view=all", "div#listing", 11),
        ("rows/?view=all", "", 8),
        ("counts/", "", 7),
    ],
)
def test_lists_and_counts_take_a_fixed_number_of_queries(
    acme, new_visitor, online, sign_in, django_assert_max_num_queries, path, target, count
):
    online(acme.bob, acme.bea)
    for _ in range(12):
        new_visitor(acme.inbox).writes()
    client = sign_in(acme.bob)
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    with django_assert_max_num_queries(count):
        assert client.get(f"/w/acme/conversations/{path}", headers=headers).status_code == 200


def test_pages_cannot_be_framed(acme, sign_in):
    response = sign_in(acme.bob).get("/w/acme/conversations/")
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "script-src 'self'" in response["Content-Security-Policy"]


def seqs(page):
    return [int(seq) for seq in re.findall(r'data-seq="(\d+)"', page)]


def test_a_long_conversation_is_paged_back_to_its_first_entry(acme, vera, sign_in, monkeypatch):
    monkeypatch.setattr(timeline, "PAGE_SIZE", 4)
    conversation = vera.writes("Message 1").conversation
    for number in range(2, 10):
        post_note(conversation, body=f"Note {number}", client_id=uuid4(), by=acme.bob)
    last = Message.objects.filter(conversation=conversation).latest("seq").seq
    client = sign_in(acme.bob)
    url = f"/w/acme/conversations/{conversation.number}/"
    page = client.get(url).text
    shown = seqs(page)
    assert shown == list(range(last - 3, last + 1))
    while f"entries/?before={shown[0]}" in page:
        page = client.get(f"{url}entries/?before={shown[0]}").text
        shown = seqs(page) + shown
    assert shown == list(range(1, last + 1))
    assert "Message 1" in page
    assert "before=" not in page


@pytest.mark.parametrize("before", ["", "x", "-1", "1" * 10, "²"])
def test_an_invalid_position_is_not_found(acme, vera, sign_in, before):
    conversation = vera.writes().conversation
    url = f"/w/acme/conversations/{conversation.number}/entries/"
    assert sign_in(acme.bob).get(f"{url}?before={before}").status_code == 404
    assert seqs(sign_in(acme.bob).get(f"{url}?before=1").text) == []
