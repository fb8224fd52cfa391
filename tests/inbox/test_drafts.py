"""Drafts are kept for their author alone, on every device."""

from uuid import uuid4

import pytest

from inbox.actions import draft as drafts
from inbox.actions.draft import delete_drafts_of, save_draft
from inbox.actions.message import post_note, post_reply
from inbox.models import Conversation, Draft
from teams.actions.membership import remove_member, suspend_member
from tests.conftest import COMMITS, in_parallel

PHONE, LAPTOP = uuid4(), uuid4()


@pytest.fixture
def conversation(acme, vera):
    return vera.writes("Where is my lamp?").conversation


@pytest.fixture
def keep(acme, conversation):
    """Return keep(body), which saves a draft of Bob's reply."""

    def keep(body, *, kind="reply", tab=LAPTOP, by=acme.bob, client_id=None, **fields):
        copy = Conversation.objects.get(pk=conversation.pk)
        return save_draft(
            copy, kind=kind, body=body, client_id=client_id or uuid4(), tab=tab, by=by, **fields
        )

    return keep


def kept():
    return sorted(Draft.objects.values_list("kind", "body"))


def test_one_draft_for_each_member_and_kind(acme, keep, sign_in, conversation):
    keep("It is")
    keep("It is <on> its way")
    keep("Rude", kind="note")
    keep("Let me", by=acme.bea)
    assert kept() == [("note", "Rude"), ("reply", "It is <on> its way"), ("reply", "Let me")]
    url = f"/w/acme/conversations/{conversation.number}/"
    page = sign_in(acme.bob).get(f"{url}?view=all").content.decode()
    assert "It is &lt;on&gt; its way</textarea>" in page
    assert "Rude</textarea>" in page
    assert 'data-drafts="1"' in page
    assert "Let me" not in page
    others = sign_in(acme.alice).get(url).content.decode()
    assert 'data-drafts=""' in others
    assert "Rude" not in others
    keep("", kind="note")
    keep("  ")
    assert kept() == [("reply", "Let me")]


def test_text_of_another_device_is_kept_beside_the_newer_one(keep):
    first = keep("Dear Vera", tab=PHONE)
    second = keep("Hello", tab=LAPTOP)
    assert (second.body, second.other_body) == ("Hello", "Dear Vera")
    third = keep("Dear Vera, it", tab=PHONE, version=first.version)
    assert (third.body, third.other_body) == ("Dear Vera, it", "Dear Vera\n\nHello")
    fourth = keep("Dear Vera, it is", tab=LAPTOP, version=third.version, drops_other=True)
    assert (fourth.body, fourth.other_body) == ("Dear Vera, it is", "")
    stale = keep("", tab=PHONE, version=third.version)
    assert stale.body == "Dear Vera, it is"


def test_going_on_where_another_device_left_off_keeps_one_text(keep):
    keep("Dear", tab=PHONE)
    assert keep("Dear Vera", tab=LAPTOP).other_body == ""


def test_sending_deletes_the_draft_and_a_late_saving_brings_nothing_back(acme, conversation, keep):
    client_id, note_id = uuid4(), uuid4()
    keep("Hello", client_id=client_id)
    keep("Hm", kind="note", client_id=note_id)
    post_reply(conversation, body="Hello!", client_id=client_id, by=acme.bob)
    assert kept() == [("note", "Hm")]
    assert keep("Hello!", client_id=client_id) is None
    post_note(conversation, body="Hm", client_id=note_id, by=acme.bob)
    assert kept() == []


def test_sending_leaves_what_another_device_has(acme, conversation, keep):
    client_id = uuid4()
    keep("Dear Vera", tab=PHONE)
    keep("Hello", tab=LAPTOP, client_id=client_id)
    post_reply(conversation, body="Hello", client_id=client_id, by=acme.bob)
    assert kept() == [("reply", "Dear Vera")]


@COMMITS
def test_sending_and_saving_at_once_never_leave_a_sent_draft(acme, conversation, keep):
    for _round in range(5):
        client_id = uuid4()

        def act(number, client_id=client_id):
            if number:
                return keep("Hello", client_id=client_id)
            copy = Conversation.objects.get(pk=conversation.pk)
            return post_reply(copy, body="Hello", client_id=client_id, by=acme.bob)

        in_parallel(3, act)
        assert kept() == []


@COMMITS
def test_colleagues_learn_that_someone_is_drafting_but_not_what(
    acme, conversation, keep, live_events
):
    keep("SECRET")
    keep("SECRET plan")
    [(name, data)] = live_events.on(conversation.live_channel)
    members = [{"member": str(acme.bob.pk), "name": "Bob"}]
    assert (name, data) == ("drafting", {"number": 1, "members": members})
    assert live_events.on(acme.bob.live_channel) == [("draft", {"number": 1, "exists": True})]
    keep("SECRET note", kind="note", by=acme.bea)
    keep("")
    assert live_events.on(conversation.live_channel)[1:] == [
        ("drafting", {"number": 1, "members": []})
    ]
    assert live_events.on(acme.bob.live_channel)[1] == ("draft", {"number": 1, "exists": False})
    assert live_events.on(conversation.contact_channel) == []
    assert "SECRET" not in str(live_events)


def test_drafts_are_bounded(acme, vera, conversation, sign_in, keep, monkeypatch):
    url = f"/w/acme/conversations/{conversation.number}/draft/"
    fields = {"kind": "reply", "client_id": uuid4(), "tab": uuid4()}
    bob = sign_in(acme.bob)
    assert bob.post(url, fields | {"body": "x" * 20_001}).status_code == 400
    assert bob.post(url, fields | {"body": "x", "kind": "contact"}).status_code == 400
    assert bob.post(url, fields | {"body": "x"}).json()["version"]
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 1)
    assert bob.post(url, fields | {"body": "more"}).status_code == 200
    assert bob.post(url, fields | {"kind": "note", "body": "x"}).status_code == 409


def test_a_draft_is_hidden_but_kept_when_access_is_lost(acme, globex, conversation, sign_in, keep):
    keep("Hello")
    url = f"/w/acme/conversations/{conversation.number}/draft/"
    fields = {"kind": "reply", "client_id": uuid4(), "tab": uuid4(), "body": "x"}
    assert sign_in(globex.charlie).post(url, fields).status_code == 404
    access = acme.inbox.members.get(membership=acme.bob)
    access.delete()
    bob = sign_in(acme.bob)
    assert bob.post(url, fields).status_code == 404
    assert bob.get(f"/w/acme/conversations/{conversation.number}/").status_code == 404
    access.save(force_insert=True)
    page = bob.get(f"/w/acme/conversations/{conversation.number}/").content.decode()
    assert "Hello</textarea>" in page


def test_drafts_go_with_a_removed_member_and_wait_for_a_suspended_one(acme, keep):
    keep("Hello")
    keep("Hi", by=acme.bea)
    suspend_member(acme.bob, by=acme.alice)
    remove_member(acme.bea, by=acme.alice)
    assert kept() == [("reply", "Hello")]
    delete_drafts_of(acme.bob)
    assert kept() == []
