"""A deleted workspace can be restored within the grace period, and is purged afterwards."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from inbox.actions.message import post_reply
from inbox.models import Conversation
from routing.actions.queue import assign_all_queues
from teams.actions import workspace as actions
from teams.actions.invitation import invite_member
from teams.models import Membership, Workspace
from teams.models.workspace import GRACE
from tests.live_events import committed


def delete(tenant, by, ago=timedelta(0)):
    actions.delete_workspace(tenant.workspace, by=by)
    deleted_at = timezone.now() - ago
    Workspace.objects.filter(pk=tenant.workspace.pk).update(deleted_at=deleted_at)


def test_restoring_keeps_the_assignee(acme, vera, online):
    online(acme.bob)
    vera.writes()
    delete(acme, by=acme.alice)
    assign_all_queues()
    with committed():
        assert actions.restore_workspace(acme.workspace, by=acme.alice)
    assert Conversation.objects.get().assignee == acme.bob


def test_no_restoring_after_the_grace_period(acme):
    delete(acme, by=acme.alice, ago=GRACE + timedelta(minutes=1))
    assert not actions.restore_workspace(acme.workspace, by=acme.alice)
    assert not Workspace.objects.live().exists()


def test_restored_workspace_is_not_purged(acme):
    delete(acme, by=acme.alice, ago=timedelta(days=15))
    over = Workspace.objects.filter(deleted_at__lt=timezone.now() - GRACE)
    found = list(over.values_list("pk", flat=True))
    assert found
    Workspace.objects.update(deleted_at=None)
    assert [actions.purge_workspace(over, pk) for pk in found] == [0]
    assert Workspace.objects.live().exists()


def test_purging_deletes_all_rows(acme, vera, online):
    online(acme.bob)
    conversation = vera.writes().conversation
    post_reply(conversation, body="Hello", client_id=uuid4(), by=acme.bob)
    agent = acme.workspace.roles.get(key="agent")
    invite_member(acme.workspace, email="noor@x.example", name="Noor", role=agent, by=acme.alice)
    delete(acme, by=acme.alice, ago=timedelta(days=15))
    assert actions.purge_deleted_workspaces() == 1
    assert not Membership.objects.exists()
    assert not Conversation.objects.exists()
