"""Gaining an inbox, losing it, and losing the permission to answer."""

import pytest

from inbox.models import Conversation, Inbox
from routing.actions.queue import assign_all_queues
from teams.actions.membership import add_member, update_membership
from teams.actions.role import save_role
from tests.conftest import make_user
from tests.live_events import committed


def change(acme, membership, *, role=None, inboxes):
    role = role or membership.role
    with committed():
        return update_membership(membership, role=role, teams=[], inboxes=inboxes, by=acme.alice)


def test_losing_the_inbox_reassigns_its_conversations(acme, vera, online):
    online(acme.bob)
    assert vera.writes().conversation.assignee == acme.bob
    online(acme.bea)
    change(acme, acme.bob, inboxes=[])
    assert Conversation.objects.get().assignee == acme.bea


def test_losing_permission_to_answer_reassigns_the_conversations(acme, vera, online):
    online(acme.bob)
    assert vera.writes().conversation.assignee == acme.bob
    online(acme.bea)
    reader = save_role(acme.workspace, name="Reader", permissions=[], by=acme.alice)
    change(acme, acme.bob, role=reader, inboxes=[acme.inbox])
    assert Conversation.objects.get().assignee == acme.bea


def test_the_sweep_returns_conversations_of_an_agent_who_lost_the_inbox(acme, vera, online):
    online(acme.bob)
    vera.writes()
    acme.inbox.members.filter(membership=acme.bob).delete()
    assert Conversation.objects.get().assignee == acme.bob
    online(acme.bea)
    assign_all_queues()
    assert Conversation.objects.get().assignee == acme.bea


def test_a_new_member_of_the_inbox_gets_the_queue(acme, vera, online):
    assert vera.writes().conversation.assignee is None
    dan = add_member(acme.workspace, user=make_user("Dan", "acme"))
    online(dan)
    change(acme, dan, inboxes=[acme.inbox])
    assert Conversation.objects.get().assignee == dan


def test_a_workspace_may_have_hundreds_of_inboxes(acme, sign_in):
    Inbox.objects.bulk_create(
        Inbox(workspace=acme.workspace, name=f"Inbox {number}") for number in range(260)
    )
    assert Inbox.objects.visible_to(acme.alice).count() == 261
    assert sign_in(acme.alice).post("/w/acme/live-ticket/").status_code == 200


@pytest.mark.parametrize(
    "before",
    [
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00%2B23:59",
        "0001-01-01T00:00",
        "2024-01-01T00:00:00",
        "2024-99-99T00:00:00",
        "%00",
        "x",
    ],
)
def test_the_list_accepts_any_time(acme, sign_in, before):
    url = f"/w/acme/conversations/rows/?view=all&before={before}"
    assert sign_in(acme.bob).get(url).status_code == 200
