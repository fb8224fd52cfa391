"""Mails of a test: time passes by moving what is stored, and whatever is due leaves."""

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
    for delivery in Delivery.objects.all():
        delivery.created_at -= span
        delivery.next_attempt_at -= span
        delivery.sent_at = delivery.sent_at and delivery.sent_at - span
        delivery.save()
    Message.objects.update(created_at=F("created_at") - span)
    for conversation in Conversation.objects.exclude(waiting_since=None):
        since = conversation.waiting_since - span
        Conversation.objects.filter(pk=conversation.pk).update(waiting_since=since)
    deliver()


def planned(name):
    waiting = Delivery.objects.filter(state="waiting", recipient=f"{name}@acme.example")
    return waiting.get().next_attempt_at


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
