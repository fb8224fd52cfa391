"""A team or role that is deleted while someone else saves it stays deleted."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from teams.actions.role import delete_role, save_role
from teams.actions.team import delete_team, save_team
from teams.models import AuditEntry, Role, Team
from tests.conftest import COMMITS
from tests.processes import is_lock_awaited, until


@pytest.fixture
def team(acme):
    return save_team(acme.workspace, name="Sales", members=[acme.bea], by=acme.alice)


@pytest.fixture
def role(acme):
    return save_role(acme.workspace, name="Night", permissions=["answer"], by=acme.alice)


def test_saving_does_not_restore_a_deleted_team(acme, team):
    same = Team.objects.get(pk=team.pk)
    delete_team(team, by=acme.alice)
    with pytest.raises(Team.DoesNotExist):
        save_team(acme.workspace, team=same, name="Sales", members=[acme.bob], by=acme.alice)
    assert not Team.objects.exists()


def test_saving_does_not_restore_a_deleted_role(acme, role):
    same = Role.objects.get(pk=role.pk)
    delete_role(role, by=acme.alice)
    with pytest.raises(Role.DoesNotExist):
        save_role(acme.workspace, role=same, name="Late", permissions=["answer"], by=acme.alice)
    assert not Role.objects.filter(key="").exists()


def test_deleting_a_team_twice_has_no_effect(acme, team):
    same = Team.objects.get(pk=team.pk)
    delete_team(team, by=acme.alice)
    delete_team(same, by=acme.alice)
    assert AuditEntry.objects.filter(action="team.deleted").count() == 1


@COMMITS
@pytest.mark.parametrize("what", ["team", "role"])
def test_page_is_404_while_a_deletion_commits(acme, team, role, sign_in, what):
    """The form is sent while the other transaction has deleted the row but not committed."""
    client = sign_in(acme.alice)
    row, delete = {"team": (team, delete_team), "role": (role, delete_role)}[what]

    def save():
        try:
            return client.post(f"/w/acme/team/{what}s/{row.pk}/", {"name": "Other"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            delete(row, by=acme.alice)
            answer = pool.submit(save)
            until(is_lock_awaited, "the other's waiting for the row")
        assert answer.result() == 404
    assert not type(row).objects.filter(pk=row.pk).exists()
