"""No conversation stays with nobody, or with somebody who is gone, while others could take it."""

from unittest.mock import patch

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.models import Conversation
from routing import candidates
from routing.actions.drain import drain_all
from routing.models import Routing
from teams.actions.membership import remove_member
from tests.conftest import COMMITS


def leaves(acme):
    remove_member(acme.bob, by=acme.alice)


def loses_the_inbox(acme):
    acme.inbox.members.filter(membership=acme.bob).delete()


@COMMITS
@pytest.mark.parametrize("bob", [leaves, loses_the_inbox])
def test_a_reopened_conversation_does_not_return_to_who_is_gone(acme, vera, online, bob):
    online(acme.bob)
    conversation = vera.writes().conversation
    resolve_conversation(conversation, by=acme.bob)
    bob(acme)
    reopen_conversation(Conversation.objects.get(), by=acme.alice)
    conversation.refresh_from_db()
    assert conversation.is_open
    assert conversation.assignee is None


@COMMITS
def test_the_only_agent_is_asked_again_when_the_visitor_writes_again(acme, vera, online):
    acme.inbox.members.filter(membership=acme.bea).delete()
    online(acme.bob)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    drain_all()
    assert Conversation.objects.get().assignee is None
    vera.writes("still there?")
    drain_all()
    assert Conversation.objects.get().assignee == acme.bob


def test_what_is_resolved_looks_for_nobody(acme, vera, online):
    conversation = vera.writes().conversation
    online(acme.bob)
    words = "finding somebody"
    assert words in vera.call("messages/").json()["state_html"]
    resolve_conversation(conversation, by=acme.alice)
    assert words not in vera.call("messages/").json()["state_html"]


@COMMITS
@pytest.mark.parametrize("broken", ["acme", "globex"])
def test_trouble_in_one_inbox_does_not_hold_up_the_others(
    acme, globex, online, new_visitor, caplog, broken
):
    Routing.objects.create(workspace=globex.workspace, inbox=globex.inbox, leads="queue")
    for tenant in (acme, globex):
        new_visitor(tenant.inbox).writes()
    online(acme.bob, globex.charlie)
    real = candidates.targets_of

    def targets_of(inbox):
        if inbox.workspace.slug == broken:
            raise RuntimeError("this inbox only")
        return real(inbox)

    with patch.object(candidates, "targets_of", targets_of):
        drain_all()
    [waiting] = Conversation.objects.filter(assignee=None)
    assert waiting.workspace.slug == broken
    assert "this inbox only" in caplog.text
