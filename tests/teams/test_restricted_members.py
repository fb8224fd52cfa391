"""Members who see only their own conversations learn nothing about the others."""

from uuid import uuid4

import pytest

from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.desk_counts import count_open
from inbox.models import Conversation
from teams.actions.membership import update_membership
from teams.actions.role import save_role
from teams.models import Membership
from tests.live_events import CLOSED


@pytest.fixture
def restrict(acme):
    """Return restrict(membership), which takes away the permission to see all conversations."""
    permissions = ["answer", "assign", "resolve"]
    role = save_role(acme.workspace, name="Narrow", permissions=permissions, by=acme.alice)

    def restrict_member(membership):
        Membership.objects.filter(pk=membership.pk).update(role=role)
        return Membership.objects.with_related().get(pk=membership.pk)

    return restrict_member


def test_other_conversations_are_not_counted(acme, vera, online, restrict):
    online(acme.bob)
    vera.writes()
    assert count_open(acme.bea) == (
        {"mine": 0, "unassigned": 0, "all": 1},
        {acme.inbox.pk: 1},
    )
    assert count_open(restrict(acme.bea)) == ({"mine": 0, "unassigned": 0, "all": 0}, {})


def test_other_earlier_conversations_are_hidden(acme, vera, online, restrict, sign_in):
    online(acme.bob)
    first = vera.writes().conversation
    post_note(first, body="SECRET NOTE", client_id=uuid4(), by=acme.bob)
    resolve_conversation(first, by=acme.bob)
    second = Conversation.objects.create(
        workspace=acme.workspace, inbox=acme.inbox, contact=first.contact, number=99
    )
    url = f"/w/acme/conversations/{second.number}/"
    assert "SECRET NOTE" in sign_in(acme.alice).get(url).content.decode()
    page = sign_in(restrict(acme.bea)).get(url)
    assert page.status_code == 200
    assert "SECRET NOTE" not in page.content.decode()


def test_stream_closes_before_the_new_assignees_reply(acme, vera, live_events):
    conversation = vera.writes().conversation
    with live_events.committed():
        post_reply(conversation, body="for Vera alone", client_id=uuid4(), by=acme.bob)
    closing = live_events.index((conversation.restricted_subject, CLOSED, {}))
    [reply] = [
        position
        for position, event in enumerate(live_events)
        if event.channel == conversation.live_channel and "for Vera alone" in str(event.data)
    ]
    assert closing < reply


def test_row_updates_stop_when_a_member_loses_the_inbox(acme, vera, online, restrict, live_events):
    online(acme.bob)
    bob = restrict(acme.bob)
    channel = f"restricted:{bob.pk}"
    with live_events.committed():
        vera.writes("before")
    assert "before" in str(live_events.on(channel))
    with live_events.committed():
        update_membership(bob, role=bob.role, teams=[], inboxes=[], by=acme.alice)
    with live_events.committed():
        vera.writes("after Bob")
    assert "after Bob" in str(live_events)
    assert "after Bob" not in str(live_events.on(channel))


def test_assigning_a_conversation_out_of_sight_succeeds(acme, vera, online, restrict, sign_in):
    online(acme.bob)
    conversation = vera.writes().conversation
    url = f"/w/acme/conversations/{conversation.number}/"
    client = sign_in(restrict(acme.bob))
    answer = client.post(
        f"{url}assignment/", {"assignee": str(acme.bea.pk)}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert Conversation.objects.get().assignee == acme.bea
    assert client.get(url).status_code == 404
