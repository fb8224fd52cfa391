"""Whoever sees only their own conversations: no number, note, event or row of the others."""

from uuid import uuid4

import pytest

from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.conversation_list import inboxes_with_open_counts
from inbox.models import Conversation
from teams.actions.membership import update_membership
from teams.actions.role import save_role
from teams.models import Membership
from tests.live_events import CLOSED


@pytest.fixture
def narrow(acme):
    """Makes a member somebody who may do everything with a chat except see those of others."""
    permissions = ["answer", "assign", "resolve"]
    role = save_role(acme.workspace, name="Narrow", permissions=permissions, by=acme.alice)

    def narrowed(membership):
        Membership.objects.filter(pk=membership.pk).update(role=role)
        return Membership.objects.with_related().get(pk=membership.pk)

    return narrowed


def test_the_conversations_of_others_are_not_counted(acme, vera, online, narrow):
    online(acme.bob)
    vera.writes()
    assert [inbox.open_count for inbox in inboxes_with_open_counts(acme.bea)] == [1]
    assert [inbox.open_count for inbox in inboxes_with_open_counts(narrow(acme.bea))] == [0]


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


def test_the_stream_is_closed_before_the_new_assignees_reply(acme, vera, live_events):
    conversation = vera.writes().conversation
    with live_events.committed():
        post_reply(conversation, body="for Vera alone", client_id=uuid4(), by=acme.bob)
    closing = live_events.index((conversation.restricted_subject, CLOSED, {}))
    [reply] = [
        place
        for place, event in enumerate(live_events)
        if event.channel == conversation.live_channel and "for Vera alone" in str(event.data)
    ]
    assert closing < reply


def test_rows_stop_when_a_member_loses_the_inbox(acme, vera, online, narrow, live_events):
    online(acme.bob)
    bob = narrow(acme.bob)
    channel = f"restricted:{bob.pk}"
    with live_events.committed():
        vera.writes("before")
    assert "before" in str(live_events.on(channel))
    with live_events.committed():
        update_membership(bob, role=bob.role, teams=[], parts={"inboxes": []}, by=acme.alice)
    with live_events.committed():
        vera.writes("after Bob")
    assert "after Bob" in str(live_events)
    assert "after Bob" not in str(live_events.on(channel))


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
