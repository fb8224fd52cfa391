"""Whoever sees only their own conversations: no number, note, event or row of the others."""

from unittest.mock import patch
from uuid import uuid4

import pytest

from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.lists import inbox_counts
from inbox.models import Conversation
from teams.actions.membership import update_membership
from teams.actions.role import save_role
from teams.models import Membership
from tests.conftest import COMMITS


@pytest.fixture
def narrow(acme):
    """Makes a member somebody who may do everything with a chat except see those of others."""
    permissions = ["answer", "assign", "resolve"]
    role = save_role(acme.workspace, name="Narrow", permissions=permissions, by=acme.alice)

    def narrowed(membership):
        Membership.objects.filter(pk=membership.pk).update(role=role)
        return Membership.objects.with_person().get(pk=membership.pk)

    return narrowed


@pytest.fixture
def said():
    """What goes out, in order: (channel, html) of an event, (subject, "closed") of a closing."""
    told = []
    with (
        patch("inbox.broadcast.publish", lambda *event: told.append((event[0], html_of(event)))),
        patch("inbox.broadcast.close", lambda subject: told.append((subject, "closed"))),
    ):
        yield told


def html_of(event):
    return event[2].get("html", "")


def test_the_conversations_of_others_are_not_counted(acme, vera, online, narrow):
    online(acme.bob)
    vera.writes()
    assert [inbox.open_count for inbox in inbox_counts(acme.bea)] == [1]
    assert [inbox.open_count for inbox in inbox_counts(narrow(acme.bea))] == [0]


def test_earlier_conversations_of_others_are_not_shown(acme, vera, online, narrow, sign_in):
    online(acme.bob)
    first = vera.writes().conversation
    post_note(first, body="SECRET NOTE", client_id=uuid4(), by=acme.bob)
    resolve_conversation(first, by=acme.bob)
    second = Conversation.objects.create(
        workspace=acme.workspace, inbox=acme.inbox, contact=first.contact, number=99
    )
    url = f"/w/acme/conversations/{second.number}/"
    assert "SECRET NOTE" in sign_in(acme.alice).get(url).content.decode()
    page = sign_in(narrow(acme.bea)).get(url)
    assert page.status_code == 200
    assert "SECRET NOTE" not in page.content.decode()


@COMMITS
def test_the_stream_is_closed_before_the_reply_of_whoever_takes_it(acme, vera, said):
    conversation = vera.writes().conversation
    said.clear()
    post_reply(conversation, body="for Vera alone", client_id=uuid4(), by=acme.bob)
    closing = said.index((conversation.narrow_subject, "closed"))
    [reply] = [
        place
        for place, (channel, html) in enumerate(said)
        if channel == conversation.live_channel and "for Vera alone" in html
    ]
    assert closing < reply


@COMMITS
def test_without_the_inbox_their_rows_go_out_no_more(acme, vera, online, narrow, said):
    online(acme.bob)
    bob = narrow(acme.bob)
    vera.writes()
    channel = f"narrow-of:{bob.pk}"
    assert channel in dict(said)
    update_membership(bob, role=bob.role, teams=[], parts={"inboxes": []}, by=acme.alice)
    said.clear()
    vera.writes("after Bob")
    assert said
    assert not [html for where, html in said if where == channel and "after Bob" in html]


def test_giving_away_what_one_sees_no_more_is_answered(acme, vera, online, narrow, sign_in):
    online(acme.bob)
    conversation = vera.writes().conversation
    url = f"/w/acme/conversations/{conversation.number}/"
    client = sign_in(narrow(acme.bob))
    answer = client.post(
        f"{url}assignment/", {"assignee": str(acme.bea.pk)}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert Conversation.objects.get().assignee == acme.bea
    assert client.get(url).status_code == 404
