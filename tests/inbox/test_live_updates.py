"""Live updates to open pages carry the HTML that the pages show."""

from uuid import uuid4

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from tests.conftest import COMMITS

pytestmark = COMMITS


def test_a_first_message_publishes_one_row(acme, online, vera, live_events):
    online(acme.bob)
    conversation = vera.writes("Hi <b>there</b>").conversation
    rows = live_events.on(acme.inbox.live_channel)
    assert [event for event, _data in rows] == ["row"]
    data = rows[0][1]
    assert (data["status"], data["assignee"], data["previous"]) == ("open", str(acme.bob.pk), None)
    assert "Hi &lt;b&gt;there&lt;/b&gt;" in data["html"]
    # No page can have opened the conversation before.
    assert live_events.on(conversation.live_channel) == []
    assert live_events.on(conversation.contact_channel) == []


def test_a_routed_conversation_publishes_its_entries(acme, online, vera, live_events):
    online(acme.bob, acme.bea)
    conversation = vera.writes().conversation
    assign_conversation(conversation, assignee=None, by=conversation.assignee)
    entries = live_events.on(conversation.live_channel)
    assert [data["id"] for _event, data in entries] == ["entry-1-3", "entry-1-4"]
    assert "round robin" in entries[1][1]["html"]


def test_visitors_get_only_messages_and_the_state(acme, online, vera, live_events):
    online(acme.bob)
    conversation = vera.writes("Hi").conversation
    vera.writes("Anyone there?")
    post_note(conversation, body="secret note", client_id=uuid4(), by=acme.bob)
    post_reply(conversation, body="Hello Vera", client_id=uuid4(), by=acme.bob)
    resolve_conversation(conversation, by=acme.bob)
    events = live_events.on(conversation.contact_channel)
    assert [(event, data["id"]) for event, data in events] == [
        ("append", "entry-3"),
        ("append", "entry-5"),
        ("replace", "state"),
    ]
    everything = str(events)
    assert "Hello Vera" in everything
    assert "secret" not in everything
    assert "round robin" not in everything
    assert str(acme.bob.pk) not in everything


def test_a_row_carries_its_previous_list_key(acme, vera, live_events):
    conversation = vera.writes().conversation
    live_events.clear()
    assign_conversation(conversation, assignee=acme.bea, by=acme.alice)
    ((_event, data),) = live_events.on(acme.inbox.live_channel)
    assert data["previous"] == {"status": "open", "assignee": ""}
    assert data["assignee"] == str(acme.bea.pk)


def test_retries_and_refusals_publish_nothing(acme, vera, live_events):
    client_id = uuid4()
    conversation = vera.writes("Hi", client_id=client_id).conversation
    live_events.clear()
    vera.writes("Hi", client_id=client_id)
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert live_events == []


def test_updates_are_the_same_for_every_viewer(acme, vera, live_events, sign_in):
    conversation = vera.writes("Hi").conversation
    post_reply(conversation, body="Hello", client_id=uuid4(), by=acme.bob)
    sent = live_events.on(conversation.live_channel)
    assert {name for name, _data in sent} == {"append", "replace"}
    for membership in (acme.bob, acme.bea):
        client, url = sign_in(membership), f"/w/acme/conversations/{conversation.number}/"
        page = client.get(f"{url}entries/?after=0").text + client.get(url).text
        # A live receipt doesn't ask how far replies were emailed: the new one wasn't.
        page = page.replace('data-emailed-seq="0"', 'data-emailed-seq=""')
        for _name, data in sent:
            assert data["html"].strip() in page
