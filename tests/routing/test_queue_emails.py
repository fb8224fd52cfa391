"""Agents are emailed about unanswered conversations, and not too often."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member
from inbox.models import Conversation, InboxMember
from outbox import sending
from outbox.models import Delivery
from routing.emails.sweep import UNANSWERED_FOR
from routing.queue_outlook import forget_outlooks
from routing.tasks import sweep_waiting
from teams.actions.membership import add_member, remove_member
from teams.models import Membership
from teams.tasks import sweep_presence
from tests.commits import COMMIT_EFFECTS
from tests.conftest import COMMITS, make_user
from tests.routing.mails import deliver, recipients

BEFORE_THIS_WAIT = datetime(2026, 1, 1, tzinfo=UTC)


def send_everything():
    Delivery.objects.filter(state="waiting").update(next_attempt_at=timezone.now())
    deliver()


@COMMIT_EFFECTS
def test_an_agent_who_went_offline_is_emailed_after_a_while(acme, vera, online, offline):
    online(acme.bob)
    vera.writes("help")
    offline(acme.bob)
    sweep_presence()
    sweep_waiting()
    assert recipients() == []
    since = timezone.now() - UNANSWERED_FOR - timedelta(seconds=1)
    Conversation.objects.update(waiting_since=since)
    for _ in range(2):
        sweep_waiting()
    assert recipients() == ["bob@acme.example"]


@COMMIT_EFFECTS
def test_an_agent_who_is_online_is_not_emailed(acme, vera, online):
    online(acme.bob)
    vera.writes("help")
    Conversation.objects.update(waiting_since=timezone.now() - 2 * UNANSWERED_FOR)
    sweep_waiting()
    assert recipients() == []


@COMMIT_EFFECTS
def test_unassigning_while_no_one_is_online_emails_the_queue(acme, vera, online):
    online(acme.bob)
    conversation = vera.writes("help").conversation
    assign_conversation(conversation, assignee=None, by=acme.bob)
    assert recipients() == ["bea@acme.example", "bob@acme.example"]


@COMMIT_EFFECTS
def test_removing_a_member_emails_the_others(acme, vera, online):
    online(acme.bob)
    vera.writes("help")
    remove_member(acme.bob, by=acme.alice)
    assert Conversation.objects.get().assignee is None
    assert recipients() == ["bea@acme.example"]


def test_without_agents_the_administrators_are_emailed(acme, vera):
    acme.inbox.members.all().delete()
    vera.writes("help")
    assert recipients() == ["alice@acme.example"]


@COMMIT_EFFECTS
def test_an_agent_who_lost_the_inbox_gets_no_email(acme, vera, online, offline):
    online(acme.bob)
    vera.writes("one")
    offline(acme.bob)
    vera.writes("two")
    assert recipients() == ["bob@acme.example"]
    acme.inbox.members.filter(membership=acme.bob).delete()
    sweep_waiting()
    send_everything()
    assert [message.to for message in mail.outbox] == [["bea@acme.example"]]
    assert "two" in mail.outbox[0].body


def test_leaving_addresses_repeatedly_sends_one_email(acme, vera):
    for number in range(3):
        vera.posts(f"message {number}")
        vera.call("email/", {"email": f"vera{number}@example.com"})
        deliver()
    assert [message.to for message in mail.outbox].count(["bob@acme.example"]) == 1


@COMMITS
def test_a_message_written_while_an_email_leaves_is_emailed(acme, vera):
    acme.inbox.members.filter(membership=acme.bea).delete()
    vera.writes("first words")
    Delivery.objects.update(next_attempt_at=timezone.now())
    with transaction.atomic():
        vera.writes("second words")
        sender = threading.Thread(target=send_and_close)
        sender.start()
        sender.join()
    send_everything()
    bodies = "".join(message.body for message in mail.outbox)
    assert "first words" in bodies
    assert "second words" in bodies


def send_and_close():
    sending.deliver_due()
    connection.close()


@pytest.fixture
def thirty_agents(acme):
    users = [User(email=f"a{n}@acme.example", name=f"Agent {n}") for n in range(30)]
    agents = [
        Membership(workspace=acme.workspace, user=user, role=acme.bob.role)
        for user in User.objects.bulk_create(users)
    ]
    Membership.objects.bulk_create(agents)
    InboxMember.objects.bulk_create(
        InboxMember(workspace=acme.workspace, inbox=acme.inbox, membership=each) for each in agents
    )


def test_many_agents_are_emailed_once_with_few_queries(
    thirty_agents, vera, monkeypatch, django_assert_max_num_queries
):
    """The second message reads none of the emails that the first one queued."""
    with django_assert_max_num_queries(40):
        vera.writes()
    assert len(recipients()) == 32
    read, from_db = [], Delivery.from_db
    monkeypatch.setattr(Delivery, "from_db", lambda *row: read.append(row) or from_db(*row))
    vera.writes("More")
    assert (len(read), len(recipients())) == (0, 32)


def test_the_queue_emails_only_those_without_an_email(acme, vera):
    """Bob's email was cancelled unread, Bea's has left, and Noor has just joined."""
    conversation = vera.writes().conversation
    emails = Delivery.objects.filter(about=conversation.pk)
    emails.filter(recipient="bob@acme.example").update(state="cancelled")
    emails.filter(recipient="bea@acme.example").update(state="sent", sent_at=timezone.now())
    noor = add_member(acme.workspace, user=make_user("Noor", "acme"))
    add_inbox_member(acme.inbox, membership=noor)
    forget_outlooks()  # a second later
    for text in ("More", "And more"):
        vera.writes(text)
        waiting = Delivery.objects.filter(state="waiting").order_by("recipient")
        to = list(waiting.values_list("recipient", flat=True))
        assert to == ["bob@acme.example", "noor@acme.example"]


@pytest.mark.parametrize(
    ("fields", "sends_another"),
    [
        ({"state": "cancelled"}, True),
        ({"state": "cancelled", "payload": {"known": "read"}}, False),
        ({"state": "sending"}, False),
        ({"state": "failed"}, False),
        ({"state": "sent", "created_at": BEFORE_THIS_WAIT}, True),
        ({"state": "waiting", "created_at": BEFORE_THIS_WAIT}, False),
        ({"kind": "reassigned"}, True),
    ],
)
def test_when_the_queue_sends_another_email(acme, vera, fields, sends_another):
    acme.inbox.members.filter(membership=acme.bea).delete()
    vera.writes()
    Delivery.objects.update(**fields)
    vera.writes("More")
    assert Delivery.objects.count() == 1 + sends_another


@pytest.mark.parametrize(
    "email",
    [
        "a@b\ud800c.com",
        '"\x01"@x.example',
        f"a@{'ü' * 62}.de",
        f"a@{'ü' * 63}.de",
        "a@x\u202e.example.com",
        "a@ü\u200d.de",
    ],
)
def test_an_odd_address_does_not_keep_the_email_from_leaving(acme, vera, email):
    vera.posts("help")
    assert vera.call("email/", {"email": email}).status_code in (200, 400)
    send_everything()
    assert Delivery.objects.filter(state="sent").count() == 2
