"""An error in one row does not stop a sweep, and a sweep doesn't repeat its work forever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.actions import assignment
from inbox.models import Contact, Conversation
from outbox.models import Delivery
from routing import candidates
from routing.actions.queue import assign_all_queues
from routing.emails import sweep
from routing.models import Routing
from routing.tasks import sweep_waiting
from teams import presence
from teams.actions.availability import set_away, set_capacity
from teams.actions.status import publish_stale_statuses
from teams.models import Membership
from teams.tasks import sweep_presence
from tests.commits import COMMIT_EFFECTS
from widget import receivers


def fails_first(function):
    """Wrap the function so that its first call fails."""
    calls = []

    def call(*subjects, **details):
        calls.append(subjects)
        if len(calls) == 1:
            raise ValueError("a bad row")
        return function(*subjects, **details)

    call.calls = calls
    return call


@pytest.fixture
def waiting_for(acme):
    """Create this many conversations that wait for minutes and sent no email."""

    def make(count):
        since = timezone.now() - timedelta(minutes=3)
        for number in range(count):
            Conversation.objects.create(
                workspace=acme.workspace,
                inbox=acme.inbox,
                contact=Contact.objects.create(workspace=acme.workspace),
                number=100 + number,
                waiting_since=since,
            )

    return make


def test_a_failed_return_does_not_keep_others_waiting(acme, online, vera, new_visitor, monkeypatch):
    online(acme.bob)
    vera.writes()
    acme.inbox.members.filter(membership=acme.bob).delete()
    waits = new_visitor(acme.inbox).writes().conversation
    online(acme.bea)
    monkeypatch.setattr(assignment, "return_to_queue", fails_first(assignment.return_to_queue))
    sweep_waiting()
    waits.refresh_from_db()
    assert waits.assignee == acme.bea


@pytest.mark.parametrize("broken", ["acme", "globex"])
def test_an_error_in_one_inbox_does_not_hold_up_the_others(
    acme, globex, online, new_visitor, caplog, monkeypatch, broken
):
    Routing.objects.create(workspace=globex.workspace, inbox=globex.inbox, leads="queue")
    for tenant in (acme, globex):
        new_visitor(tenant.inbox).writes()
    online(acme.bob, globex.charlie)
    find_pool = candidates.find_pool

    def fail_for_one(inbox, **details):
        if inbox.workspace.slug == broken:
            raise RuntimeError("this inbox only")
        return find_pool(inbox, **details)

    monkeypatch.setattr(candidates, "find_pool", fail_for_one)
    assign_all_queues()
    [waiting] = Conversation.objects.filter(assignee=None)
    assert waiting.workspace.slug == broken
    assert "this inbox only" in caplog.text


def test_an_error_in_one_conversation_does_not_stop_other_emails(acme, waiting_for, monkeypatch):
    waiting_for(2)
    monkeypatch.setattr(sweep, "email_agents", fails_first(sweep.email_agents))
    sweep.email_about_unanswered()
    assert Delivery.objects.values("about").distinct().count() == 1


def test_without_recipients_nothing_is_locked(acme, waiting_for, django_assert_max_num_queries):
    Membership.objects.update(email_queue=False)
    waiting_for(20)
    with django_assert_max_num_queries(15):
        sweep.email_about_unanswered()


def test_an_unpublishable_agent_does_not_hide_that_others_left(acme, monkeypatch):
    Membership.objects.update(announced_status="available")
    week = [{"day": 0, "from": "09:00", "to": "17:00"}]
    bad = {"hours": {"week": week}, "time_zone": "No/Where"}
    Membership.objects.filter(pk=acme.bob.pk).update(**bad)
    monkeypatch.setattr(presence, "expire_tabs", lambda: [acme.bob.pk, acme.bea.pk])
    sweep_presence()
    announced = dict(Membership.objects.values_list("user__name", "announced_status"))
    assert (announced["Bob"], announced["Bea"]) == ("available", "offline")


def test_invalid_hours_do_not_stop_the_status_sweep(acme, globex):
    Membership.objects.update(announced_status="available")
    week = [{"day": 0, "from": "09:00", "to": "17:00"}]
    bad = {"hours": {"week": week}, "time_zone": "No/Where"}
    Membership.objects.filter(pk=acme.alice.pk).update(**bad)
    assert publish_stale_statuses() == 3
    announced = dict(Membership.objects.values_list("user__name", "announced_status"))
    assert announced == {"Alice": "available"} | dict.fromkeys(("Bob", "Bea", "Charlie"), "offline")


@COMMIT_EFFECTS
def test_an_error_for_one_visitor_does_not_hold_up_the_others(
    acme, online, new_visitor, monkeypatch
):
    online(acme.bob)
    set_capacity(acme.bob, 1, by=acme.alice)
    for _ in range(3):
        new_visitor(acme.inbox).writes()
    shown = fails_first(receivers.publish_state)
    monkeypatch.setattr(receivers, "publish_state", shown)
    set_away(acme.bob)
    assert len(shown.calls) == 3


def test_open_conversations_are_not_counted_for_each_conversation(
    acme, new_visitor, online, django_assert_max_num_queries
):
    """An agent at capacity is reachable."""
    Membership.objects.filter(pk=acme.bob.pk).update(capacity=20)
    online(acme.bob)
    for _ in range(12):
        new_visitor(acme.inbox).writes()
    long_ago = timezone.now() - timedelta(minutes=5)
    assert Conversation.objects.update(waiting_since=long_ago) == 12
    with django_assert_max_num_queries(5):
        sweep.email_about_unanswered()
