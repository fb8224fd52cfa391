"""A row is stored with prepared SQL as Model.save() would store it."""

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inbox.change import SAVED_FIELDS
from inbox.models import Contact, Conversation, Message, Visitor
from messagehub.lib.ids import new_id
from messagehub.lib.prepared_row import insert_row, insert_rows, insert_together, update_row


def stored(row):
    """Return the values of all columns but the key and what is unique."""
    values = type(row).objects.filter(pk=row.pk).values().get()
    return {name: value for name, value in values.items() if name not in ("id", "number", "seq")}


@pytest.fixture
def rows(acme):
    """Return a function that builds the same new row of a model each time, except for its key."""
    workspace, inbox, now = acme.workspace, acme.inbox, timezone.now()
    contact = Contact.objects.create(workspace=workspace)
    conversation = Conversation.objects.create(
        workspace=workspace, inbox=inbox, contact=contact, number=workspace.next_number()
    )
    shared = {"workspace": workspace, "created_at": now}
    builders = {
        Contact: lambda: Contact(
            **shared,
            name="Vera 100 %",
            attributes={"plan": "gold"},
            label_ids=[workspace.pk],
            owner=acme.bob,
        ),
        Visitor: lambda: Visitor(
            **shared,
            inbox=inbox,
            contact=contact,
            ip_address="2001:db8::",
            token_hash=str(new_id()),
        ),
        Conversation: lambda: Conversation(
            **shared,
            inbox=inbox,
            contact=contact,
            number=workspace.next_number(),
            last_activity_at=now,
            status=Conversation.Status.RESOLVED,
        ),
        Message: lambda: Message(
            **shared,
            conversation=conversation,
            seq=Message.objects.count() + 1,
            kind=Message.Kind.ACTIVITY,
            activity=Message.Activity.ASSIGNED,
            details={"to": "Bob"},
        ),
    }
    return lambda model: builders[model]()


@pytest.mark.parametrize("model", [Contact, Visitor, Conversation, Message])
def test_an_inserted_row_is_that_of_save(rows, model):
    saved = rows(model)
    saved.save(force_insert=True)
    inserted = insert_row(rows(model))
    expected, found = stored(saved), stored(inserted)
    unique = {"token_hash"}
    assert {name: found[name] for name in found.keys() - unique} == {
        name: expected[name] for name in expected.keys() - unique
    }
    assert not inserted._state.adding
    inserted.refresh_from_db()
    inserted.save()  # an update: a second insert would violate the key


@pytest.mark.parametrize("model", [Contact, Visitor, Conversation, Message])
@pytest.mark.parametrize("count", [1, 3])
def test_inserted_rows_are_those_of_save(rows, model, count):
    saved = rows(model)
    saved.save(force_insert=True)
    new = [rows(model) for _ in range(count)]
    for position, row in enumerate(new):
        if model is Message:
            row.seq += position
    insert_rows(new)
    expected = stored(saved)
    for row in new:
        found = stored(row)
        assert {name: found[name] for name in found.keys() - {"token_hash"}} == {
            name: expected[name] for name in expected.keys() - {"token_hash"}
        }
        assert not row._state.adding


def test_rows_that_exist_are_left_out(rows):
    known, new = rows(Message), rows(Message)
    insert_row(known)
    new.seq, known.body = known.seq + 1, "Is not stored"
    insert_rows([known, new])
    known.refresh_from_db()
    assert known.body == ""
    assert Message.objects.filter(pk=new.pk).exists()
    insert_rows([])


def test_a_text_that_is_too_long_is_refused(rows):
    new = [rows(Contact), rows(Contact)]
    new[0].name = "V" * 1000
    with pytest.raises(DataError):
        insert_rows(new)


def test_rows_that_refer_to_each_other_are_inserted_by_one_statement(acme, rows):
    contact, visitor = rows(Contact), rows(Visitor)
    visitor.contact = contact
    with CaptureQueriesContext(connection) as queries:
        insert_together(contact, visitor)
    assert len(queries) == 1
    assert stored(contact)["name"] == "Vera 100 %"
    assert stored(visitor)["contact_id"] == contact.pk
    assert not contact._state.adding


def test_only_the_named_fields_are_updated(acme, rows):
    conversation = insert_row(rows(Conversation))
    other = insert_row(rows(Conversation))
    conversation.assignee, conversation.released_by = acme.bob, [acme.bea.pk]
    conversation.preview, conversation.number = "A lamp?", 12345
    update_row(conversation, SAVED_FIELDS)
    found = Conversation.objects.get(pk=conversation.pk)
    assert (found.assignee, found.released_by, found.preview) == (
        acme.bob,
        [acme.bea.pk],
        "A lamp?",
    )
    assert found.number != 12345
    assert Conversation.objects.get(pk=other.pk).assignee is None


def test_it_takes_one_statement(rows):
    row = rows(Contact)  # a generated column isn't read back
    with CaptureQueriesContext(connection) as queries:
        insert_row(row)
    [query] = queries
    assert "RETURNING" not in query["sql"]
