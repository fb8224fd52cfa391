"""Rows of our models are loaded without a constructor, with the same result."""

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_init, pre_init

from inbox.models import Conversation
from messagehub.lib.quick_loading import QuicklyLoaded


def quickly_loaded():
    return [model for model in apps.get_models() if issubclass(model, QuicklyLoaded)]


def test_nothing_depends_on_the_constructor():
    assert len(quickly_loaded()) > 20
    for model in quickly_loaded():
        assert model.__init__ is Model.__init__, model
        assert not pre_init.has_listeners(model), model
        assert not post_init.has_listeners(model), model


def test_the_rows_are_those_of_django(acme, vera):
    pk = vera.writes().conversation.pk
    found = Conversation.objects.with_related().get(pk=pk)
    names = [field.attname for field in Conversation._meta.concrete_fields]
    values = [getattr(found, name) for name in names]
    usual = Model.from_db.__func__(Conversation, "default", names, values)
    assert {name: found.__dict__[name] for name in names} == {
        name: usual.__dict__[name] for name in names
    }
    assert (found._state.adding, found._state.db) == (usual._state.adding, usual._state.db)
    assert found.contact.pk == found.contact_id
    found.preview = "Changed"
    found.save()
    found.refresh_from_db()
    assert found.preview == "Changed"


def test_deferred_fields_are_loaded_when_needed(acme, vera, django_assert_num_queries):
    conversation = vera.writes().conversation
    found = Conversation.objects.only("number").get(pk=conversation.pk)
    assert "preview" in found.get_deferred_fields()
    with django_assert_num_queries(1):
        assert found.preview == conversation.preview
