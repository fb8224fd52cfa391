"""A bounce or refusal of an email about a conversation shows on its timeline, to the team alone."""

import pytest
from anymail.signals import AnymailTrackingEvent, tracking

from inbox.models import Conversation, Message
from outbox.actions import queue_delivery, retry_delivery
from outbox.kinds import RenderedEmail, email_renderer
from outbox.sending import deliver_due
from tests.outbox.mailhost import mail_host


@email_renderer("test-undelivered")
def any_letter(delivery):
    return RenderedEmail(subject="Hello", text="Text")


@pytest.fixture
def emailed_conversation(vera):
    return vera.writes("Anybody there?").conversation


def send(conversation, to="vera@example.com", **fields):
    fields = {"workspace": conversation.workspace, "about": conversation.pk, **fields}
    delivery = queue_delivery(kind="test-undelivered", to=to, payload={}, **fields)
    deliver_due(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def comes_back(delivery, words="550 5.1.1 who?"):
    fields = {"message_id": delivery.provider_id, "recipient": delivery.recipient}
    event = AnymailTrackingEvent(event_type="bounced", mta_response=words, **fields)
    tracking.send(None, event=event, esp_name="Test")


def failures_shown(conversation):
    activities = Message.objects.filter(conversation=conversation, activity="undelivered")
    return [each.text for each in activities.order_by("seq")]


def test_a_bounce_is_said_once(emailed_conversation):
    delivery = send(emailed_conversation)
    assert failures_shown(emailed_conversation) == []
    comes_back(delivery)
    comes_back(delivery)
    assert failures_shown(emailed_conversation) == [
        "The email to vera@example.com couldn't be delivered: mailbox unknown."
    ]


def test_so_is_a_refusal(emailed_conversation, settings):
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
        "The email to unknown@example.com could not be delivered: address refused."
    ]


def test_a_fault_of_our_own_is_said_without_its_details(emailed_conversation, monkeypatch):
    def breaks(*args, **kwargs):
        raise KeyError("no such template")

    monkeypatch.setattr("outbox.sending.render", breaks)
    delivery = send(emailed_conversation)
    assert delivery.reason == "broken"
    (sentence,) = failures_shown(emailed_conversation)
    assert sentence.endswith("a fault on our side, see Emails in the settings.")
    assert "template" not in sentence


def test_what_arrives_or_is_tried_again_is_not_news(emailed_conversation, settings):
    with mail_host() as host:
        settings.EMAIL_BACKEND = "outbox.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", host.port
        host.answers = [451]
        assert send(emailed_conversation).state == "waiting"
        assert send(emailed_conversation).state == "sent"
    assert failures_shown(emailed_conversation) == []


def test_the_timeline_stays_a_timeline(emailed_conversation):
    """The next seq, and nothing that orders the lists or wakes anybody up."""
    before = Conversation.objects.get(pk=emailed_conversation.pk)
    comes_back(send(emailed_conversation))
    after = Conversation.objects.get(pk=emailed_conversation.pk)
    assert after.last_seq == before.last_seq + 1
    assert after.messages.get(activity="undelivered").seq == after.last_seq
    for name in ("status", "assignee_id", "preview", "last_activity_at", "waiting_since"):
        assert getattr(after, name) == getattr(before, name)


def test_agents_see_it_and_the_visitor_does_not(emailed_conversation, acme, sign_in, vera):
    comes_back(send(emailed_conversation, to="bob@acme.example"))
    page = sign_in(acme.alice).get(f"/w/acme/conversations/{emailed_conversation.number}/")
    assert "The email to bob@acme.example couldn&#x27;t be delivered" in page.content.decode()
    theirs = vera.call("messages/?after=0")
    assert "Anybody there?" in theirs.content.decode()
    assert "bob@acme.example" not in theirs.content.decode()


def test_an_email_about_nothing_or_about_what_is_gone_does_no_harm(emailed_conversation):
    delivery = send(emailed_conversation)
    orphan = send(emailed_conversation, about=None)
    comes_back(orphan)
    emailed_conversation.delete()
    comes_back(delivery)
    for each in (delivery, orphan):
        each.refresh_from_db()
        assert each.state == "bounced"


def test_words_of_a_stranger_are_escaped(emailed_conversation, acme, sign_in):
    comes_back(send(emailed_conversation, to='"<b>x</b>"@example.com'))
    page = sign_in(acme.alice).get(f"/w/acme/conversations/{emailed_conversation.number}/")
    assert "&lt;b&gt;x&lt;/b&gt;" in page.content.decode()
    assert "<b>x</b>" not in page.content.decode()
