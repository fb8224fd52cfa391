"""Contacts unsubscribe by the link in the emails; it holds for the address."""

import re
from uuid import uuid4

import pytest
from anymail.signals import AnymailTrackingEvent, tracking
from django.test import Client
from django.utils import timezone

from inbox.actions.message import post_reply
from inbox.models import Contact, Conversation
from outbox.models import Delivery
from outbox.signals import email_unwanted, send_delivery_ended
from routing.models import ReplyAddress
from tests.routing.chat import MINUTE, mails


def unsubscribe_link(message):
    header = message.extra_headers["List-Unsubscribe"]
    link = re.fullmatch(r"<http://localhost:\d+(/unsubscribe/\S+/)>", header)[1]
    assert link in message.body
    assert link in message.alternatives[0].content
    return link


@pytest.fixture
def link(chat):
    chat.bob_answers()
    chat.pass_time(5 * MINUTE)
    return unsubscribe_link(mails()[0])


def unsubscribed():
    return [each.unsubscribed_at is not None for each in Contact.objects.order_by("pk")]


def test_one_click_in_the_mail_program_unsubscribes(chat, link):
    assert mails()[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    assert unsubscribed() == [True]
    chat.bob_answers("Another.")
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 1


def test_opening_the_link_changes_nothing(link):
    answer = Client().get(link)
    assert "Unsubscribe" in answer.content.decode()
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert unsubscribed() == [False]


def test_a_waiting_email_is_not_sent_after_unsubscribing(chat, link):
    chat.bob_answers("Another.")
    Client().post(link)
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 1


def test_unsubscribing_can_be_repeated_and_undone(chat, link):
    client = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert "Resubscribe" in client.post(link).content.decode()
        assert unsubscribed() == [True]
    since = ReplyAddress.objects.get().unsubscribed_at
    client.post(link)
    assert ReplyAddress.objects.get().unsubscribed_at == since
    assert client.get(f"{link}undo/").status_code == 405
    for _ in range(2):
        answer = client.post(f"{link}undo/", follow=True)
        assert "Unsubscribe" in answer.content.decode()
        assert unsubscribed() == [False]
    chat.bob_answers("Another.")
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 2


def test_it_holds_for_every_contact_with_the_address(chat, link, new_visitor):
    Client().post(link)
    stranger = new_visitor(chat.acme.inbox)
    stranger.posts("Write to Vera!")
    stranger.call("email/", {"email": "Vera@example.com"})
    assert unsubscribed() == [True, True]
    latest = Conversation.objects.order_by("-number").first()
    post_reply(latest, body="Yes.", client_id=uuid4(), by=chat.acme.bob)
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 1


def test_it_does_not_hold_for_another_address_of_the_contact(chat, link):
    Client().post(link)
    chat.vera.call("email/", {"email": "other@example.com"})
    assert unsubscribed() == [False]
    chat.vera.call("email/", {"email": "vera@example.com"})
    assert unsubscribed() == [True]


def test_it_does_not_hold_for_another_workspace(chat, link, globex):
    Client().post(link)
    ReplyAddress.objects.create(workspace=globex.workspace, email="vera@example.com")
    other = ReplyAddress.objects.get(workspace=globex.workspace)
    assert other.unsubscribed_at is None
    assert "Unsubscribe" in Client().get(f"/unsubscribe/{other.token}/").content.decode()


def test_a_broken_link_is_not_found(link):
    token = link.split("/")[2]
    pk, _dot, signature = token.partition(".")
    for wrong in ("x", pk, f"{pk}.x", f"{uuid4()}.{signature}", ".", "%00", "\u202e"):
        for path in (f"/unsubscribe/{wrong}/", f"/unsubscribe/{wrong}/undo/"):
            assert Client().post(path).status_code == 404
    assert unsubscribed() == [False]


def test_the_link_of_a_deleted_workspace_is_not_found(chat, link):
    chat.acme.workspace.deleted_at = timezone.now()
    chat.acme.workspace.save()
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize("reason", ["marked_as_spam", "unsubscribed"])
def test_a_refusal_after_a_complaint_unsubscribes(chat, reason):
    chat.bob_answers("One.")
    chat.pass_time(5 * MINUTE)
    delivery = Delivery.objects.get(kind="reply")
    delivery.state, delivery.reason = "bounced", reason
    delivery.save()
    send_delivery_ended(delivery)
    assert unsubscribed() == [True]
    chat.bob_answers("Two.")
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 1


@pytest.mark.parametrize("event_type", ["complained", "unsubscribed"])
def test_a_reported_complaint_unsubscribes(chat, event_type):
    chat.bob_answers("One.")
    chat.pass_time(5 * MINUTE)
    ReplyAddress.objects.all().delete()
    delivery = Delivery.objects.get(kind="reply")
    fields = {"message_id": delivery.provider_id, "recipient": delivery.recipient}
    event = AnymailTrackingEvent(event_type=event_type, timestamp=timezone.now(), **fields)
    tracking.send(None, event=event, esp_name="Test")
    assert unsubscribed() == [True]
    assert Delivery.objects.get(kind="reply").state == "sent"
    chat.bob_answers("Two.")
    chat.pass_time(5 * MINUTE)
    assert len(mails()) == 1


def test_a_complaint_about_an_agent_email_unsubscribes_no_contact(chat):
    Contact.objects.update(email="bob@acme.example")
    chat.vera.posts("Hello?")
    delivery = Delivery.objects.filter(recipient="bob@acme.example").first()
    assert delivery.kind == "unanswered"
    email_unwanted.send(Delivery, delivery=delivery)
    assert unsubscribed() == [False]
