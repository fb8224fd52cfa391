"""A bounced or refused email shows in the conversation's timeline, to the team only."""

import pytest
from anymail.signals import AnymailTrackingEvent, tracking

from inbox.models import Conversation, Message
from outbox.actions import queue_delivery, retry_delivery
from outbox.kinds import RenderedEmail, email_renderer
from outbox.sending import deliver_due
from tests.outbox.mailhost import mail_host


@email_renderer("test-undelivered")
def render_test_email(delivery):
    return RenderedEmail(subject="Hello", text="Text")


@pytest.fixture
def emailed_conversation(vera):
    return vera.writes("Anyone there?").conversation


def send(conversation, to="vera@example.com", **fields):
    fields = {"workspace": conversation.workspace, "about": conversation.pk, **fields}
    delivery = queue_delivery(kind="test-undelivered", to=to, payload={}, **fields)
    deliver_due(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def report_bounce(delivery, response="550 5.1.1 who?"):
    fields = {"message_id": delivery.provider_id, "recipient": delivery.recipient}
    event = AnymailTrackingEvent(event_type="bounced", mta_response=response, **fields)
    tracking.send(None, event=event, esp_name="Test")


def failures_shown(conversation):
    activities = Message.objects.filter(conversation=conversation, activity="undelivered")
    return [each.text for each in activities.order_by("seq")]


def test_a_bounce_is_shown_once(emailed_conversation):
    delivery = send(emailed_conversation)
    assert failures_shown(emailed_conversation) == []
    report_bounce(delivery)
    report_bounce(delivery)
    assert failures_shown(emailed_conversation) == [
        "The email to vera@example.com couldn't be delivered: mailbox unknown."
    ]


def test_a_refusal_is_shown_once(emailed_conversation, settings):
    with mail_host() as host:
        settings.EMAIL_BACKEND = "outbox.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", host.port
        delivery = send(emailed_conversation, to="unknown@example.com")
        assert delivery.state == "failed"
        retry_delivery(delivery)
        deliver_due(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert failures_shown(emailed_conversation) == [
        "The email to unknown@example.com couldn't be delivered: address refused."
    ]


def test_an_error_on_our_side_is_shown_without_details(emailed_conversation, monkeypatch):
    def breaks(*args, **kwargs):
        raise KeyError("no such template")

    monkeypatch.setattr("outbox.sending.render", breaks)
    delivery = send(emailed_conversation)
    assert delivery.reason == "broken"
    (sentence,) = failures_shown(emailed_conversation)
    assert sentence.endswith("a fault on our side, see Emails in the settings.")
    assert "template" not in sentence


def test_a_retried_email_that_arrives_is_not_shown(emailed_conversation, settings):
    with mail_host() as host:
        settings.EMAIL_BACKEND = "outbox.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", host.port
        host.answers = [451]
        assert send(emailed_conversation).state == "waiting"
        assert send(emailed_conversation).state == "sent"
    assert failures_shown(emailed_conversation) == []


def test_it_changes_nothing_but_the_timeline(emailed_conversation):
    """The entry takes the next seq and changes nothing that orders lists or wakes anything."""
    before = Conversation.objects.get(pk=emailed_conversation.pk)
    report_bounce(send(emailed_conversation))
    after = Conversation.objects.get(pk=emailed_conversation.pk)
    assert after.last_seq == before.last_seq + 1
    assert after.messages.get(activity="undelivered").seq == after.last_seq
    for name in ("status", "assignee_id", "preview", "last_activity_at", "waiting_since"):
        assert getattr(after, name) == getattr(before, name)


def test_agents_see_it_and_the_visitor_does_not(emailed_conversation, acme, sign_in, vera):
    report_bounce(send(emailed_conversation, to="bob@acme.example"))
    page = sign_in(acme.alice).get(f"/w/acme/conversations/{emailed_conversation.number}/")
    assert "The email to bob@acme.example couldn&#x27;t be delivered" in page.content.decode()
    answer = vera.call("messages/?after=0")
    assert "Anyone there?" in answer.content.decode()
    assert "bob@acme.example" not in answer.content.decode()


def test_an_email_without_a_conversation_does_no_harm(emailed_conversation):
    delivery = send(emailed_conversation)
    orphan = send(emailed_conversation, about=None)
    report_bounce(orphan)
    emailed_conversation.delete()
    report_bounce(delivery)
    for each in (delivery, orphan):
        each.refresh_from_db()
        assert each.state == "bounced"


def test_the_address_is_escaped(emailed_conversation, acme, sign_in):
    report_bounce(send(emailed_conversation, to='"<b>x</b>"@example.com'))
    page = sign_in(acme.alice).get(f"/w/acme/conversations/{emailed_conversation.number}/")
    assert "&lt;b&gt;x&lt;/b&gt;" in page.content.decode()
    assert "<b>x</b>" not in page.content.decode()
