"""An owner who didn't answer in time is emailed who has their contact's conversation."""

from datetime import time, timedelta
from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_reply
from inbox.models import Contact
from routing.emails.agents import email_owner_of_reassignment
from routing.emails.pacing import EMAIL_INTERVAL, FIRST_DELAY
from routing.models import Routing
from teams.actions.role import save_role
from teams.models import Membership
from tests.routing.mails import deliver, mailed, moment, pass_time, planned, recipients


@pytest.fixture
def email_bob(acme, lead_to_bob):
    """Return a function that emails Bob, the owner who didn't answer, that Bea has it now."""
    routing = Routing.objects.of(acme.inbox)
    routing.to_owner, routing.owner_minutes = True, 5
    routing.save()
    Contact.objects.update(owner=acme.bob)
    assign_conversation(lead_to_bob, assignee=acme.bea)

    def email_owner():
        email_owner_of_reassignment(lead_to_bob, owner=acme.bob, to=acme.bea)
        return lead_to_bob

    return email_owner


def test_the_owner_is_emailed_who_has_it(acme, email_bob):
    email_bob()
    pass_time(timedelta(0))
    [message] = mailed("bob")
    assert "was reassigned to Bea because you didn't answer within 5 minutes." in " ".join(
        message.body.split()
    )
    assert "is now assigned to Bea" in message.subject
    assert "It's " not in message.body
    assert "/w/acme/conversations/" in message.body
    assert "> One" not in message.body


def test_an_owner_without_access_gets_no_link(acme, email_bob):
    permissions = ["answer", "assign", "resolve"]
    narrow = save_role(acme.workspace, name="Narrow", permissions=permissions, by=acme.alice)
    Membership.objects.filter(pk=acme.bob.pk).update(role=narrow)
    email_bob()
    pass_time(timedelta(0))
    [message] = mailed("bob")
    assert "/conversations/" not in message.body + message.alternatives[0].content


@pytest.mark.parametrize(
    ("holder", "subject", "now"),
    [
        ("alice", "is now assigned to Alice", "It's now assigned to Alice."),
        (None, "is waiting in the queue", "It's waiting in the queue now."),
    ],
)
def test_it_names_the_assignee_at_the_time_it_leaves(acme, email_bob, holder, subject, now):
    conversation = email_bob()
    Routing.objects.update(to_owner=False)  # so that it isn't assigned to Bob again
    assignee = getattr(acme, holder) if holder else None
    assign_conversation(conversation, assignee=assignee, by=acme.bea)
    pass_time(timedelta(0))
    [message] = [each for each in mailed("bob") if "'s conversation is" in each.subject]
    assert subject in message.subject
    for part in (message.body, message.alternatives[0].content):
        text = " ".join(part.split())
        assert f"was reassigned to Bea because you didn't answer within 5 minutes. {now}" in text
        assert "is now assigned to Bea" not in text


def test_it_leaves_ten_minutes_after_the_previous_email(acme, vera, lead_to_bob, email_bob):
    assign_conversation(lead_to_bob, assignee=acme.bob)
    vera.writes("Two")
    pass_time(FIRST_DELAY)
    assign_conversation(lead_to_bob, assignee=acme.bea)
    email_bob()
    pass_time(EMAIL_INTERVAL - timedelta(seconds=10))
    assert len(mailed("bob")) == 1
    pass_time(timedelta(seconds=10))
    assert len(mailed("bob")) == 2


def test_quiet_hours_delay_it(acme, email_bob, clock):
    clock.stop_at(moment("2026-11-22T23:00Z"))
    acme.bob.quiet_from, acme.bob.quiet_to = time(22), time(7)
    acme.bob.save()
    email_bob()
    deliver()
    assert mailed("bob") == []
    assert planned("bob") == moment("2026-11-23T07:00Z")


def reply(conversation, by):
    post_reply(conversation, body="Hi", client_id=uuid4(), by=by)


def answer_as_alice(acme, conversation):
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    reply(conversation, acme.alice)


MAKE_IT_OUTDATED = {
    "theirs again": lambda acme, it: assign_conversation(it, assignee=acme.bob, by=acme.bob),
    "no longer their inbox": lambda acme, it: acme.inbox.members.filter(
        membership=acme.bob
    ).delete(),
    "no longer their contact": lambda acme, it: Contact.objects.update(owner=acme.bea),
    "answered by a third": answer_as_alice,
}


@pytest.mark.parametrize("event", MAKE_IT_OUTDATED)
def test_an_outdated_one_is_not_sent(acme, email_bob, event):
    MAKE_IT_OUTDATED[event](acme, email_bob())
    pass_time(timedelta(0))
    assert mailed("bob") == []


def test_an_owner_who_turned_email_off_gets_none(acme, email_bob):
    acme.bob.email_mine = False
    acme.bob.save()
    email_bob()
    assert recipients() == []


def test_it_is_sent_even_if_the_next_agent_answered(acme, email_bob):
    reply(email_bob(), acme.bea)
    pass_time(timedelta(0))
    assert len(mailed("bob")) == 1
