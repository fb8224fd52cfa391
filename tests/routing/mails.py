"""Emails in tests. Time passes by moving stored times, and due emails are then sent."""

from datetime import datetime

from django.core import mail
from django.db.models import F

from inbox.models import Conversation, Message
from outbox import sending
from outbox.models import Delivery


def recipients():
    return sorted(Delivery.objects.values_list("recipient", flat=True))


def mailed(to="bob"):
    return [message for message in mail.outbox if message.to == [f"{to}@acme.example"]]


def deliver():
    while sending.deliver_due():
        pass


def pass_time(span):
    move_into_the_past(span)
    deliver()


def move_into_the_past(span):
    """Move all stored times into the past by this span."""
    Delivery.objects.update(
        created_at=F("created_at") - span,
        next_attempt_at=F("next_attempt_at") - span,
        sent_at=F("sent_at") - span,
    )
    Message.objects.update(created_at=F("created_at") - span)
    Conversation.objects.update(waiting_since=F("waiting_since") - span)


def planned(name):
    waiting = Delivery.objects.filter(state="waiting", recipient=f"{name}@acme.example")
    return waiting.get().next_attempt_at


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
