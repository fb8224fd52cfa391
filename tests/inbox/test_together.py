"""Who has a conversation open and who is typing: published to those who may see it, not stored."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inbox import together
from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import resolve_conversation
from messagehub.lib import redis
from teams.actions.role import save_role
from teams.models import Membership
from tests.conftest import COMMITS

pytestmark = COMMITS


@pytest.fixture
def conversation(acme, vera):
    return vera.writes("Where is my lamp?").conversation


@pytest.fixture
def post(conversation, sign_in):
    def post(member, path, **data):
        url = f"/w/{member.workspace.slug}/conversations/{conversation.number}/{path}/"
        return sign_in(member).post(url, data)

    return post


def pass_moment():
    for key in redis.client().scan_iter("typing:*"):
        redis.client().delete(key)


def test_a_typing_agent_is_shown_to_colleagues_and_the_visitor(
    acme, conversation, post, live_events
):
    live_events.clear()
    assert post(acme.bob, "typing", kind="reply", body="SECRET").status_code == 204
    bob = {"number": 1, "member": str(acme.bob.pk), "name": "Bob", "kind": "reply"}
    assert live_events.on(conversation.live_channel) == [("typing", bob)]
    visitor = conversation.contact_channel
    assert live_events.on(visitor) == [("typing", {"text": "Bob is typing…"})]
    assert post(acme.bob, "typing", kind="reply").status_code == 204
    assert len(live_events) == 2  # one notice in a few seconds
    pass_moment()
    post(acme.bob, "typing", kind="reply")
    assert len(live_events) == 4
    assert "SECRET" not in str(live_events)


def test_a_note_is_never_announced_to_the_visitor(acme, conversation, post, live_events):
    live_events.clear()
    assert post(acme.bob, "typing", kind="note").status_code == 204
    assert [each.channel for each in live_events] == [conversation.live_channel]
    assert post(acme.bob, "typing", kind="activity").status_code == 400
    resolve_conversation(conversation, by=acme.bea)
    live_events.clear()
    post(acme.bob, "typing", kind="reply")
    assert [each.channel for each in live_events] == [conversation.live_channel]


def test_a_typing_visitor_is_shown_to_agents_without_text(acme, vera, conversation, live_events):
    live_events.clear()
    with CaptureQueriesContext(connection) as asked:
        assert vera.call("typing/", {"body": "SECRET"}).status_code == 204
        assert vera.call("typing/", {}).status_code == 204
    [(channel, name, data)] = live_events
    assert (channel, name, data["kind"]) == (conversation.live_channel, "typing", "contact")
    assert data["name"] == conversation.contact.display_name
    assert "SECRET" not in str(live_events)
    assert not [each for each in asked if each["sql"].startswith(("INSERT", "UPDATE"))]


def test_a_stranger_types_to_no_one(acme, new_visitor, live_events):
    assert new_visitor(acme.inbox).call("typing/", {}).status_code == 204
    assert live_events == []


def test_viewers_are_shown_to_the_next_one_and_expire_by_themselves(
    acme, conversation, post, live_events, monkeypatch
):
    assert [each["name"] for each in post(acme.bob, "viewing").json()["viewers"]] == ["Bob"]
    viewers = post(acme.bea, "viewing").json()["viewers"]
    assert {each["name"] for each in viewers} == {"Bob", "Bea"}
    viewers = post(acme.bob, "viewing", leaves="1").json()["viewers"]
    assert [each["name"] for each in viewers] == ["Bea"]
    shown = [
        (data["name"], data["seconds"])
        for _n, data in live_events.on(conversation.live_channel)
        if _n == "viewing"
    ]
    assert shown == [("Bob", 45), ("Bea", 45), ("Bob", 0)]
    assert 0 < redis.client().ttl(f"viewing:{conversation.pk}") <= 45
    later = together.time.time() + 60
    monkeypatch.setattr(together.time, "time", lambda: later)
    assert post(acme.bob, "viewing").json()["viewers"][0]["name"] == "Bob"


def test_no_one_reports_or_hears_about_what_they_may_not_see(
    acme, globex, conversation, post, live_events
):
    permissions = ["answer", "assign", "resolve"]
    role = save_role(acme.workspace, name="Narrow", permissions=permissions, by=acme.alice)
    Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    assert post(acme.bea, "viewing").status_code == 200
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    live_events.clear()
    assert post(acme.bea, "viewing").status_code == 404
    assert post(acme.bea, "typing", kind="reply").status_code == 404
    assert post(globex.charlie, "typing", kind="reply").status_code == 404
    acme.inbox.members.filter(membership=acme.bob).delete()
    assert post(acme.bob, "typing", kind="reply").status_code == 404
    assert live_events == []


def test_without_redis_nothing_fails(acme, vera, conversation, post, monkeypatch):
    def refuse():
        raise ConnectionError("no Redis")

    monkeypatch.setattr(redis, "client", refuse)
    assert post(acme.bob, "viewing").json() == {"viewers": [], "drafting": []}
    assert post(acme.bob, "typing", kind="reply").status_code == 204
    assert vera.call("typing/", {}).status_code == 204
