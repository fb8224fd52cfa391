"""No one finds what they may not open, by any way of searching."""

from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from psycopg.errors import QueryCanceled

from inbox.actions.inbox import create_inbox
from inbox.actions.message import post_note, post_reply
from inbox.actions.revision import delete_message, edit_message
from inbox.models import Contact, Conversation, Message
from search import indexing, messages
from search.indexing import index, index_new_messages
from search.models import SearchEntry, SearchIndexing
from teams.actions.membership import suspend_member
from teams.actions.role import save_role
from teams.models import Membership

pytestmark = pytest.mark.parametrize("newest", [1, 2000])


@pytest.fixture(autouse=True)
def _either_way(newest, monkeypatch):
    """Find it one by one, and by the index."""
    monkeypatch.setattr(messages, "NEWEST", newest)
    monkeypatch.setattr(messages, "COMMON", 1)
    monkeypatch.setattr("search.contacts.NEWEST", newest)


@pytest.fixture
def padding(new_visitor, acme, conversation):
    """A newer message, so that the others are found by the index."""
    return new_visitor(acme.inbox).writes("Something else")


@pytest.fixture
def hits(find, padding):
    def found(membership, text="kettle"):
        Contact.objects.update(name="Kettle Owner")
        number = Conversation.objects.get(messages__body__contains="kettle").number
        results = find(membership, text).context["results"]
        by_number = find(membership, f"#{number}").context["results"].conversations
        return len(results.messages), bool(results.contacts), bool(by_number)

    return found


NOTHING = (0, False, False)


def test_another_workspace_finds_nothing(acme, globex, hits):
    assert hits(acme.alice) == (1, True, True)
    assert hits(globex.charlie) == NOTHING


def test_a_hidden_inbox_is_not_searched(acme, conversation, find, hits):
    assert hits(acme.bob)[0] == 1
    hidden = create_inbox(acme.workspace, name="Hidden", members=[])
    Conversation.objects.update(inbox=hidden)
    index(Message.objects.values_list("pk", flat=True))
    assert hits(acme.bob) == NOTHING
    assert hits(acme.alice) == (1, True, True)


def test_a_stale_index_gives_no_access(acme, find, hits):
    """The rows decide, not the keys in the index."""
    index_new_messages()
    Conversation.objects.update(inbox=create_inbox(acme.workspace, name="Hidden", members=[]))
    assert hits(acme.bob) == NOTHING


def test_members_with_a_narrow_role_find_their_own_and_the_unassigned(acme, assigned, hits):
    role = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
    Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    bea = Membership.objects.with_related().get(pk=acme.bea.pk)
    Conversation.objects.exclude(messages__body__contains="kettle").update(assignee=acme.bob)
    for assignee, expected in [(None, 1), (bea, 1), (acme.bob, 0)]:
        assigned(assignee)
        assert hits(bea) == (expected, bool(expected), bool(expected)), assignee


def test_suspended_members_and_strangers_are_refused(acme, conversation, find, client):
    suspend_member(acme.bob, by=acme.alice)
    assert find(acme.bob, "kettle").status_code == 404
    assert client.get("/w/acme/search/?q=kettle").status_code == 401


def test_notes_and_replies_are_found_and_activities_are_not(acme, conversation, bodies, online):
    online(acme.bob)
    post_note(conversation, client_id=uuid4(), by=acme.bob, body="Kettle is out of stock")
    post_reply(conversation, client_id=uuid4(), by=acme.bob, body="A kettle is on its way")
    assert len(bodies(acme.bea, "kettle")) == 3
    assert bodies(acme.bea, "assigned") == []


def test_messages_of_a_member_who_is_deleted_are_named_as_in_the_timeline(acme, conversation, find):
    post_reply(conversation, client_id=uuid4(), by=acme.bea, body="Kettle is on its way")
    post_note(conversation, client_id=uuid4(), by=acme.bea, body="Kettle is out of stock")
    acme.bea.user.delete()
    page = " ".join(find(acme.bob, "kettle").text.split())
    assert "<span> Former member: </span>" in page
    assert "<span> Former member, private note: </span>" in page


def test_edited_and_deleted_messages(acme, conversation, bodies, online):
    online(acme.bob)
    reply = post_reply(conversation, client_id=uuid4(), by=acme.bob, body="A kettle comes")
    assert len(bodies(acme.bob, "kettle")) == 2
    edit_message(reply, body="A **pan** comes", by=acme.bob)
    assert len(bodies(acme.bob, "kettle")) == 1
    assert bodies(acme.bob, "pan") == ["A **pan** comes"]
    delete_message(reply, by=acme.bob)
    assert bodies(acme.bob, "pan") == bodies(acme.bob, "comes") == []
    conversation.contact.delete()
    assert bodies(acme.bob, "kettle") == []
    assert SearchEntry.objects.filter(conversation=conversation.pk).count() == 0


def test_files_are_found_by_their_names(acme, conversation, find):
    files = [{"name": "Proof-of-purchase.pdf", "kind": "file"}]
    Message.objects.filter(kind="contact").update(body="", details={"files": files})
    page = find(acme.bob, "purchase").text
    assert "Proof-of-<mark>purchase</mark>.pdf" in page


def test_what_was_stored_late_is_found_and_everything_can_be_rebuilt(acme, conversation, bodies):
    index_new_messages()
    assert SearchIndexing.objects.get()
    SearchEntry.objects.all().delete()
    index_new_messages()  # what came within the last minute
    assert SearchEntry.objects.count() == 1
    SearchEntry.objects.all().delete()
    call_command("rebuild_search", workspace="acme", verbosity=0)
    assert SearchEntry.objects.count() == 1
    with pytest.raises(CommandError, match="nowhere"):
        call_command("rebuild_search", workspace="nowhere")


@pytest.mark.parametrize("count", [2, 3, 4])
def test_new_messages_are_indexed_in_batches(acme, conversation, vera, monkeypatch, count):
    monkeypatch.setattr(indexing, "BATCH_SIZE", 2)
    for _each in range(count - 1):
        vera.writes("Hello?")
    index_new_messages()
    assert SearchEntry.objects.count() == count


def test_a_search_that_takes_too_long_shows_a_message(acme, conversation, find, monkeypatch):
    def cancel(*args):
        raise OperationalError("too long") from QueryCanceled()

    monkeypatch.setattr("search.views.find_page", cancel)
    assert "This search takes too long" in find(acme.bob, "kettle").text
