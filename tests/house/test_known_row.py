"""A row of known values equals an instance made by Django."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from inbox.models import Contact, Conversation, Message
from messagehub.lib.ids import new_id
from messagehub.lib.known_row import known_row
from teams.models import Membership, Workspace


@pytest.mark.parametrize("model", [Contact, Conversation, Membership, Message, User, Workspace])
def test_other_fields_have_their_defaults(model):
    pk = new_id()
    known, instance = known_row(model, id=pk), model(id=pk)
    assert known.__dict__.keys() == instance.__dict__.keys()
    for field in model._meta.concrete_fields:
        if not (field.generated or field.get_internal_type() == "DateTimeField"):
            assert getattr(known, field.attname) == getattr(instance, field.attname), field
    assert known == instance
    assert (known._state.adding, known._state.db) == (False, "default")


def test_no_default_is_shared():
    first, second = known_row(Conversation, id=new_id()), known_row(Conversation, id=new_id())
    first.label_ids.append(new_id())
    assert second.label_ids == []


def test_relations_need_no_query():
    workspace = known_row(Workspace, id=new_id(), slug="acme")
    contact = known_row(Contact, id=new_id(), workspace=workspace)
    conversation = known_row(
        Conversation, id=new_id(), workspace=workspace, contact=contact, assignee=None
    )
    with CaptureQueriesContext(connection) as queries:
        assert conversation.contact.workspace is conversation.workspace is workspace
        assert conversation.assignee is None
    assert (conversation.workspace_id, conversation.assignee_id) == (workspace.pk, None)
    assert not queries


def test_a_relation_given_as_an_id_is_loaded_as_usual(acme):
    contact = known_row(Contact, id=new_id(), workspace_id=acme.workspace.pk)
    assert contact.workspace == acme.workspace


def test_a_known_row_can_be_saved(acme, vera):
    stored = vera.writes().conversation
    values = {field.attname: getattr(stored, field.attname) for field in stored._meta.fields}
    row = known_row(Conversation, **values | {"priority": 3})
    row.save()
    stored.refresh_from_db()
    assert stored.priority == 3
