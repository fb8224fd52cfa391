"""A prepared query returns the same rows as its queryset."""

from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from inbox.models import Contact, Conversation
from messagehub.lib.prepared_query import PreparedQuery, is_one_of
from teams.models import Membership
from tests.conftest import COMMITS, in_parallel


def people():
    """Create an uncompiled query for each test."""
    return PreparedQuery(
        lambda workspace, names: (
            Membership.objects.with_related()
            .filter(is_one_of(names), workspace=workspace)
            .order_by("user__name")
        ),
        workspace=UUID,
        names=list,
    )


def test_the_rows_are_those_of_the_queryset_including_joined_ones(acme, globex):
    asked = people()
    for wanted in ([acme.bob.pk, acme.bea.pk, globex.charlie.pk], [acme.alice.pk], []):
        found = asked.all(workspace=acme.workspace.pk, names=wanted)
        true = Membership.objects.filter(pk__in=wanted, workspace=acme.workspace)
        assert found == list(true.order_by("user__name"))
    with CaptureQueriesContext(connection) as queries:
        [alice] = asked.all(workspace=acme.workspace.pk, names=[acme.alice.pk])
        assert (alice.user.name, alice.role.name, alice.workspace.slug) == (
            "Alice",
            "Administrator",
            "acme",
        )
    assert len(queries) == 1
    assert asked.first(workspace=globex.workspace.pk, names=[acme.alice.pk]) is None


def test_each_run_returns_new_instances(acme):
    asked = people()
    first = asked.first(workspace=acme.workspace.pk, names=[acme.bob.pk])
    Membership.objects.filter(pk=acme.bob.pk).update(capacity=3)
    again = asked.first(workspace=acme.workspace.pk, names=[acme.bob.pk])
    assert (first.capacity, again.capacity) == (None, 3)


def test_values_are_converted_as_in_the_model(acme):
    hours = PreparedQuery(
        lambda pk: Membership.objects.filter(pk=pk).values_list("hours", "user__email"), pk=UUID
    )
    Membership.objects.filter(pk=acme.bob.pk).update(hours={"week": []})
    assert hours.first(pk=acme.bob.pk) == ({"week": []}, "bob@acme.example")
    assert hours.first(pk=uuid4()) is None


def test_a_value_can_be_used_several_times(acme):
    mine = PreparedQuery(lambda pk: Membership.objects.filter(pk=pk).exclude(away_by=pk), pk=UUID)
    assert mine.first(pk=acme.bob.pk) == acme.bob
    Membership.objects.filter(pk=acme.bob.pk).update(away_by=acme.bob)
    assert mine.first(pk=acme.bob.pk) is None


def test_a_lock_is_taken_each_time(acme):
    locked = PreparedQuery(
        lambda pk: Membership.objects.select_for_update(no_key=True).filter(pk=pk), pk=UUID
    )
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        locked.first(pk=acme.bob.pk)
        locked.first(pk=acme.bea.pk)
    assert [query["sql"].endswith("FOR NO KEY UPDATE") for query in queries] == [True, True]


@COMMITS
def test_a_lock_outside_of_a_transaction_is_refused(acme):
    locked = PreparedQuery(
        lambda pk: Membership.objects.select_for_update(no_key=True).filter(pk=pk), pk=UUID
    )
    with transaction.atomic():
        assert locked.first(pk=acme.bob.pk) == acme.bob
    with pytest.raises(transaction.TransactionManagementError):
        locked.first(pk=acme.bob.pk)


@COMMITS
def test_each_thread_uses_its_own_connection(acme):
    asked = people()

    def ask(number):
        member = (acme.bob, acme.bea, acme.alice)[number % 3]
        found = asked.first(workspace=acme.workspace.pk, names=[member.pk])
        return found == member and found.user.name == member.user.name

    assert in_parallel(6, ask) == [True] * 6


def test_mistakes_raise_errors(acme):
    asked = people()
    with pytest.raises(TypeError):
        asked.all(workspace=acme.workspace.pk)
    with pytest.raises(TypeError):
        asked.first(workspace=acme.workspace.pk, names=[], more=1)
    unused = PreparedQuery(
        lambda pk: Membership.objects.filter(capacity__gt=F("capacity")), pk=UUID
    )
    with pytest.raises(ValueError, match="not passed unchanged"):
        unused.first(pk=acme.bob.pk)


def test_a_number_is_a_value_too(acme):
    by_number = PreparedQuery(
        lambda number: Conversation.objects.filter(number=number).values_list("number"), number=int
    )
    for number in (3, 300, 70_000):
        Conversation.objects.create(
            workspace=acme.workspace,
            inbox=acme.inbox,
            contact=Contact.objects.create(workspace=acme.workspace),
            number=number,
        )
        assert by_number.all(number=number) == [(number,)]
    assert by_number.all(number=4) == []


def test_constants_in_the_sql_change_no_row(acme):
    names = ("100 %s", "It's %%", "Bob\\")
    for name in names:
        Membership.objects.filter(pk=acme.bob.pk).update(time_zone=name)
        asked = PreparedQuery(
            lambda pk, name=name: Membership.objects.filter(
                Q(time_zone=name) | Q(time_zone__contains="%%"), pk=pk, role__key__in=["agent", "x"]
            ),
            plans_once=True,
            pk=UUID,
        )
        with CaptureQueriesContext(connection) as queries:
            assert asked.all(pk=acme.bob.pk) == [acme.bob]
            assert asked.all(pk=acme.alice.pk) == []
        assert len(queries) == 2
        assert asked.template.params == [("pk", None)]
    others = PreparedQuery(
        lambda pk: Membership.objects.filter(pk=pk).exclude(time_zone__in=names),
        plans_once=True,
        pk=UUID,
    )
    assert (others.all(pk=acme.bob.pk), others.all(pk=acme.bea.pk)) == ([], [acme.bea])


def test_only_an_optional_value_may_be_missing_from_the_sql(acme):
    everyone = {"build": lambda workspace, member: Membership.objects.filter(workspace=workspace)}
    types = {"workspace": UUID, "member": UUID}
    values = {"workspace": acme.workspace.pk, "member": acme.bob.pk}
    assert acme.bea in PreparedQuery(**everyone, optional="member", **types).all(**values)
    with pytest.raises(ValueError, match="member"):
        PreparedQuery(**everyone, **types).all(**values)
    with pytest.raises(ValueError, match="member"):
        PreparedQuery(**everyone, optional="workspace", **types).all(**values)
