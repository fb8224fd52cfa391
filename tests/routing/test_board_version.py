"""Boards and panels that know the current version are not computed again."""

from unittest.mock import patch
from uuid import uuid4

import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from routing.actions.settings import save_routing
from routing.board_version import HEADER, KNOWN_HEADER
from teams.actions.availability import record_heartbeat, set_away
from teams.actions.membership import suspend_member
from teams.actions.team import save_team
from tests.commits import COMMIT_EFFECTS
from tests.conftest import Vera

pytestmark = COMMIT_EFFECTS
BOARD = "/w/acme/routing/panels/"


class Page:
    """Asks for changes as the board does."""

    def __init__(self, client, url):
        self.client, self.url, self.version = client, url, ""

    def changes(self):
        """Return whether there is something new, which the page then knows."""
        response = self.client.get(self.url, headers={KNOWN_HEADER: self.version})
        if response.status_code == 204:
            assert response.content == b""
            return False
        assert response.status_code == 200
        self.version = response.headers[HEADER]
        return True


@pytest.fixture(params=["board", "panel"])
def page(request, acme, sign_in):
    panel = f"/w/acme/inboxes/{acme.inbox.pk}/routing/candidates/"
    page = Page(sign_in(acme.alice), BOARD if request.param == "board" else panel)
    assert page.changes()
    return page


def test_unchanged_it_costs_only_the_gate(page):
    assert not page.changes()
    with CaptureQueriesContext(connection) as queries:
        assert not page.changes()
    assert len(queries) <= 3


def test_each_change_shows_once(acme, vera, page):
    record_heartbeat(acme.bob, tab="tab-of-a-test")
    assert page.changes()
    conversation = vera.writes().conversation
    assert page.changes()
    post_reply(conversation, body="Hi", client_id=uuid4(), by=acme.bob)
    assert page.changes()
    vera.writes("I wait again")
    assert page.changes()
    assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
    assert page.changes()
    resolve_conversation(conversation, by=acme.bea)
    assert page.changes()
    set_away(acme.bob)
    assert page.changes()
    save_team(acme.workspace, name="Sales", members=[acme.bob], by=acme.alice)
    assert page.changes()
    suspend_member(acme.bea, by=acme.alice)
    assert page.changes()
    save_routing(acme.inbox, targets=[], by=acme.alice, fewest_open_first=True)
    assert page.changes()
    assert not page.changes()


def test_another_message_of_a_waiting_contact_and_a_note_change_nothing(acme, vera, page):
    conversation = vera.writes().conversation
    assert page.changes()
    vera.writes("Still here")
    assert not page.changes()
    conversation.refresh_from_db()
    post_note(conversation, body="Rich", client_id=uuid4(), by=acme.bob)
    assert not page.changes()


def test_another_workspace_does_not_matter(globex, page):
    Vera(globex.inbox).writes()
    assert not page.changes()


def test_an_old_version_counts_for_nothing(page):
    page.version = "of-before-redis-was-cleared"
    assert page.changes()


def test_without_redis_everything_is_sent(page):
    with patch("messagehub.lib.redis.client", side_effect=redis.ConnectionError):
        assert page.changes()
        assert page.changes()


def test_a_member_who_may_not_see_it_gets_nothing(acme, sign_in, page):
    response = sign_in(acme.bob).get(page.url, headers={KNOWN_HEADER: page.version})
    assert response.status_code == 403
