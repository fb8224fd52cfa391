"""An owner who did not answer is told to whom their contact's chat went."""

from datetime import time, timedelta
from uuid import uuid4

import pytest

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_reply
from inbox.models import Contact
from routing.emails.pacing import EMAIL_INTERVAL, FIRST_DELAY, email_owner_of_reassignment
from routing.models import Routing
from teams.actions.role import save_role
from teams.models import Membership
from tests.routing.mails import deliver, mailed, moment, pass_time, planned, recipients


@pytest.fixture
def passed_on(acme, lead_to_bob):
    """Bob owns Vera's contact and did not answer: Bea has it now."""
    routing = Routing.objects.of(acme.inbox)
    routing.to_owner, routing.owner_minutes = True, 5
    routing.save()
    Contact.objects.update(owner=acme.bob)
    assign_conversation(lead_to_bob, assignee=acme.bea)

    def tell():
        email_owner_of_reassignment(lead_to_bob, owner=acme.bob, to=acme.bea)
        return lead_to_bob

    return tell


def test_an_owner_is_told_to_whom_the_chat_went(acme, passed_on):
    passed_on()
    pass_time(timedelta(0))
    [message] = mailed("bob")
    assert "was reassigned to Bea because you didn't answer within 5 minutes." in " ".join(message.body.split())
    assert message.subject.startswith("Bea now has the conversation with your contact")
    assert "it now" not in message.body
    assert "/w/acme/conversations/" in message.body
    assert "> One" not in message.body


def test_an_owner_who_may_not_open_it_gets_no_link(acme, passed_on):
    permissions = ["answer", "assign", "resolve"]
    narrow = save_role(acme.workspace, name="Narrow", permissions=permissions, by=acme.alice)
    Membership.objects.filter(pk=acme.bob.pk).update(role=narrow)
    passed_on()
    pass_time(timedelta(0))
    [message] = mailed("bob")
    assert "/conversations/" not in message.body + message.alternatives[0].content


@pytest.mark.parametrize(
    ("holder", "subject", "now"),
    [
        ("alice", "Alice now has the conversation with your contact", "It's now assigned to Alice."),
        (None, "The conversation with your contact", "It's waiting in the queue now."),
    ],
)
def test_an_owner_is_told_who_has_it_when_the_mail_leaves(acme, passed_on, holder, subject, now):
    conversation = passed_on()
    Routing.objects.update(to_owner=False)  # else Bob were given what Bea puts back
    assignee = getattr(acme, holder) if holder else None
    assign_conversation(conversation, assignee=assignee, by=acme.bea)
    pass_time(timedelta(0))
    [message] = [each for each in mailed("bob") if "your contact" in each.subject]
    assert message.subject.startswith(subject)
    for part in (message.body, message.alternatives[0].content):
        text = " ".join(part.split())
        assert f"was reassigned to Bea because you didn't answer within 5 minutes. {now}" in text
        assert "Bea now has" not in text


def test_an_owner_gets_it_ten_minutes_after_the_mail_before(acme, vera, lead_to_bob, passed_on):
    assign_conversation(lead_to_bob, assignee=acme.bob)
    vera.writes("Two")
    pass_time(FIRST_DELAY)
    assign_conversation(lead_to_bob, assignee=acme.bea)
    passed_on()
    pass_time(EMAIL_INTERVAL - timedelta(seconds=10))
    assert len(mailed("bob")) == 1
    pass_time(timedelta(seconds=10))
    assert len(mailed("bob")) == 2


def test_an_owner_in_quiet_hours_is_told_afterwards(acme, passed_on, clock):
    clock.stop_at(moment("2026-11-22T23:00Z"))
    acme.bob.quiet_from, acme.bob.quiet_to = time(22), time(7)
    acme.bob.save()
    passed_on()
    deliver()
    assert mailed("bob") == []
    assert planned("bob") == moment("2026-11-23T07:00Z")


def reply(conversation, by):
    post_reply(conversation, body="Hi", client_id=uuid4(), by=by)


def answer_as_alice(acme, conversation):
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    reply(conversation, acme.alice)


MAKE_IT_NO_NEWS = {
    "theirs again": lambda acme, it: assign_conversation(it, assignee=acme.bob, by=acme.bob),
    "no longer their inbox": lambda acme, it: acme.inbox.members.filter(
        membership=acme.bob
    ).delete(),
    "no longer their contact": lambda acme, it: Contact.objects.update(owner=acme.bea),
    "answered by a third": answer_as_alice,
}


@pytest.mark.parametrize("event", MAKE_IT_NO_NEWS)
def test_an_owner_is_not_told_what_is_no_news_for_them(acme, passed_on, event):
    MAKE_IT_NO_NEWS[event](acme, passed_on())
    pass_time(timedelta(0))
    assert mailed("bob") == []


def test_an_owner_who_wants_no_email_gets_none(acme, passed_on):
    acme.bob.email_mine = False
    acme.bob.save()
    passed_on()
    assert recipients() == []


def test_that_the_next_agent_has_answered_is_news(acme, passed_on):
    reply(passed_on(), acme.bea)
    pass_time(timedelta(0))
    assert len(mailed("bob")) == 1
