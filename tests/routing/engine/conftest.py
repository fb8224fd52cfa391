"""Set up routing, act as members and visitors, and look at the result."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db.models import F
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.actions.message import post_reply
from inbox.models import Conversation
from outbox.models import Delivery
from routing.models import Decision, Routing, Target
from routing.tasks import sweep_overdue, sweep_waiting
from teams import presence
from teams.actions.availability import record_heartbeat
from teams.actions.membership import add_member
from teams.actions.status import publish_status_changes
from teams.models import Membership, StatusChange
from teams.tasks import sweep_presence, sweep_statuses
from tests.conftest import Vera, make_user

TAB = "tab-of-a-test"


@pytest.fixture(autouse=True)
def _commit_effects(commit_effects):
    pass


@pytest.fixture
def rules(acme):
    """Return a function that changes the routing settings of Acme's inbox."""

    def set_rules(**fields):
        Routing.objects.filter(inbox=acme.inbox).update(**fields)

    return set_rules


@pytest.fixture
def hire(acme):
    """Return a function that adds an agent to Acme's inbox, or to none with inbox=None."""

    def hired(name, *, inbox=..., **fields):
        membership = add_member(acme.workspace, user=make_user(name, acme.workspace.slug))
        if inbox is not None:
            add_inbox_member(acme.inbox if inbox is ... else inbox, membership=membership)
        return change(membership, **fields)

    return hired


def connect(*memberships):
    """Open a page for each member, and publish their status."""
    for membership in memberships:
        record_heartbeat(membership, tab=TAB)


def disconnect(*memberships):
    """Close the members' pages, and publish their status."""
    for membership in memberships:
        presence.remove_tab(membership, TAB)
        publish_status_changes(membership)


def start_conversation(inbox, body="Hello?"):
    """Let a new visitor write, and return the conversation."""
    return Vera(inbox).writes(body).conversation


def start_conversations(inbox, count):
    return [start_conversation(inbox) for _ in range(count)]


def assignees_of_new(inbox, count):
    """Start this many conversations one after another, and return their assignees' names."""
    return [assignee_name(start_conversation(inbox)) for _ in range(count)]


def add_inbox(acme, *members, name="Shop"):
    """Create an inbox whose conversations wait in the queue while no one is available."""
    inbox = create_inbox(acme.workspace, name=name, members=members)
    Routing.objects.create(workspace=acme.workspace, inbox=inbox, leads=Routing.Leads.QUEUE)
    return inbox


def change(membership, **fields):
    """Store these fields of a member without publishing anything."""
    Membership.objects.filter(pk=membership.pk).update(**fields)
    for name, value in fields.items():
        setattr(membership, name, value)
    return membership


def set_targets(inbox, *targets):
    """Make these members and teams the targets of the inbox."""
    for each in targets:
        kind = "membership" if isinstance(each, Membership) else "team"
        Target.objects.create(workspace_id=inbox.workspace_id, inbox=inbox, **{kind: each})


def reply_as(membership, conversation, body="Hi"):
    return post_reply(conversation, body=body, client_id=uuid4(), by=membership)


def sweep():
    """Run each periodic task of routing once."""
    for task in (sweep_presence, sweep_statuses, sweep_waiting, sweep_overdue):
        task()


def expire_timer(*conversations):
    """Move the timers, and the times when agents came online, back so that the timers end now."""
    for conversation in map(stored, conversations):
        assert conversation.response_due_at is not None, "no timer runs"
        over = timezone.now() - timedelta(seconds=1) - conversation.response_due_at
        conversation.response_timer_started_at += over
        conversation.response_due_at += over
        conversation.save(update_fields=["response_timer_started_at", "response_due_at"])
        StatusChange.objects.update(created_at=F("created_at") + over)


def fill_up(inbox, membership):
    """Set the member's capacity to one conversation, and assign them one."""
    assign_conversation(start_conversation(inbox), assignee=membership)
    change(membership, capacity=1)


def timer_minutes(conversation):
    """Return for how many minutes the timer was started, or None if none is running."""
    conversation = stored(conversation)
    if conversation.response_due_at is None:
        return None
    return (
        conversation.response_due_at - conversation.response_timer_started_at
    ).total_seconds() / 60


def stored(conversation):
    return Conversation.objects.with_related().get(pk=conversation.pk)


def assignee_name(conversation):
    """Return the name of the assignee, or None while the conversation waits."""
    assignee = stored(conversation).assignee
    return assignee and assignee.name


def last_decision(conversation):
    """Return the latest decision about the conversation."""
    return Decision.objects.filter(conversation=conversation).order_by("created_at").last()


def candidate_statuses(conversation):
    """Return {name: status} of the candidates of the latest decision."""
    return {each["name"]: each["status"] for each in last_decision(conversation).candidates}


def texts(conversation):
    entries = conversation.messages.with_related().filter(kind="activity").order_by("seq")
    return [entry.text for entry in entries]


def names_emailed(kind="unanswered"):
    """Return the first names of those who were or will be emailed."""
    deliveries = Delivery.objects.filter(kind=kind).exclude(state="cancelled")
    return sorted(each.recipient.split("@")[0] for each in deliveries)


@contextmanager
def counted_calls(module, name):
    """Replace the function, and yield a mock that counts its calls."""
    with patch.object(module, name, return_value=None, __name__=name) as called:
        yield called
