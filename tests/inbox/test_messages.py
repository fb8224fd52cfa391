"""Messages are neither lost nor duplicated."""

from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import ClientIdReused, post_note, post_reply
from inbox.actions.rate_limits import TooManyMessages
from inbox.actions.resolution import CannotReopen, reopen_conversation, resolve_conversation
from inbox.actions.visitor import VisitorRevoked, find_visitor, revoke_visitor
from inbox.models import Contact, Conversation, Message, Visitor
from tests.conftest import COMMITS, in_parallel


def kinds(conversation):
    return list(conversation.messages.order_by("seq").values_list("seq", "kind"))


def test_the_first_message_creates_a_contact_and_conversation_number_one(acme, vera):
    message = vera.writes("Hi", page_url="https://shop.example/lamps")
    conversation = message.conversation
    assert (message.seq, message.body, message.kind) == (1, "Hi", "contact")
    assert (conversation.number, conversation.status) == (1, "open")
    assert conversation.page_url == "https://shop.example/lamps"
    assert Contact.objects.count() == Visitor.objects.count() == 1


@COMMITS
def test_twenty_simultaneous_first_messages_create_one_conversation(acme, vera):
    messages = in_parallel(20, lambda number: vera.writes(f"message {number}"))
    assert Contact.objects.count() == Visitor.objects.count() == Conversation.objects.count() == 1
    written = Message.objects.filter(kind="contact")
    assert sorted(message.body for message in messages) == sorted(m.body for m in written)
    seqs = sorted(Message.objects.values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))


@COMMITS
def test_twenty_simultaneous_retries_store_one_message(acme, vera):
    client_id = uuid4()
    messages = in_parallel(20, lambda _number: vera.writes("Hi", client_id=client_id))
    assert len({message.pk for message in messages}) == 1
    assert Message.objects.filter(kind="contact").count() == 1


def test_a_retry_with_a_different_body_is_refused(acme, vera):
    client_id = uuid4()
    vera.writes("Hi", client_id=client_id)
    with pytest.raises(ClientIdReused):
        vera.writes("Ho", client_id=client_id)


@COMMITS
def test_simultaneous_replies_and_notes_get_consecutive_numbers(acme, vera):
    conversation = vera.writes().conversation

    def write(number):
        post = post_note if number % 2 else post_reply
        return post(conversation_copy(conversation), body="x", client_id=uuid4(), by=acme.bob)

    in_parallel(16, write)
    seqs = [seq for seq, _kind in kinds(conversation)]
    assert seqs == list(range(1, len(seqs) + 1))


def conversation_copy(conversation):
    return Conversation.objects.get(pk=conversation.pk)


def test_numbers_count_per_workspace(acme, globex, new_visitor):
    assert [new_visitor(acme.inbox).writes().conversation.number for _ in range(2)] == [1, 2]
    assert new_visitor(globex.inbox).writes().conversation.number == 1


def test_a_reply_ends_the_wait_and_takes_an_unassigned_conversation(acme, vera):
    conversation = vera.writes().conversation
    assert conversation.waiting_since is not None
    assert conversation.assignee is None
    post_reply(conversation, body="Hello Vera", client_id=uuid4(), by=acme.bob)
    stored = Conversation.objects.get(pk=conversation.pk)
    assert stored.waiting_since is None
    assert stored.assignee == acme.bob
    assert (stored.preview, stored.preview_kind) == ("Hello Vera", "reply")


def test_a_note_neither_ends_the_wait_nor_takes_the_conversation(acme, vera):
    conversation = vera.writes().conversation
    post_note(conversation, body="hm", client_id=uuid4(), by=acme.bob)
    stored = Conversation.objects.get(pk=conversation.pk)
    assert stored.waiting_since is not None
    assert stored.assignee is None


def test_a_message_reopens_a_resolved_conversation(acme, vera):
    conversation = vera.writes().conversation
    assert resolve_conversation(conversation, by=acme.bob)
    assert not resolve_conversation(conversation, by=acme.bob)
    again = vera.writes("One more thing").conversation
    assert again.pk == conversation.pk
    assert Conversation.objects.get().status == "open"


def test_a_contact_can_have_only_one_open_conversation(acme, vera):
    first = vera.writes().conversation
    resolve_conversation(first, by=acme.bob)
    Conversation.objects.create(
        workspace=acme.workspace, inbox=acme.inbox, contact=first.contact, number=99
    )
    with pytest.raises(CannotReopen):
        reopen_conversation(first, by=acme.bob)


def test_the_rate_limit_ends_with_its_window(acme, vera):
    for number in range(39):
        vera.writes(str(number))
    with pytest.raises(TooManyMessages):
        for number in range(5):
            vera.writes(str(number))
    Conversation.objects.update(rate_window_started_at="2020-01-01T00:00Z")
    vera.writes("calm again")


def test_a_revoked_visitor_cannot_write(acme, vera):
    vera.writes()
    revoke_visitor(Visitor.objects.get(), at="2026-01-01T00:00Z")
    with pytest.raises(VisitorRevoked):
        vera.writes()
    with pytest.raises(VisitorRevoked):
        find_visitor(acme.inbox, token=vera.token)


def test_the_token_is_stored_only_as_a_hash(acme, vera):
    vera.writes()
    stored = Visitor.objects.values_list("token_hash", flat=True).get()
    assert vera.token not in stored
    assert len(stored) == 64


def test_what_a_deleted_member_did_is_a_former_members(acme, vera):
    conversation = vera.writes("Hello?").conversation
    assign_conversation(conversation, assignee=acme.bea, by=acme.bob)
    resolve_conversation(conversation, by=acme.bob)
    acme.bob.user.delete()
    texts = [each.text for each in conversation.messages.filter(kind="activity")]
    assert "Former member assigned this conversation to Bea." in texts
    assert "Former member resolved this conversation." in texts
