"""A visitor who left an address and went offline, an agent who answers, and the emails."""

from datetime import timedelta
from uuid import uuid4

from django.core import mail

from inbox.actions.message import post_reply
from inbox.models import Conversation
from outbox.models import Delivery
from tests.routing.mails import deliver, move_into_the_past

MINUTE = timedelta(minutes=1)


class Chat:
    """Vera left an address and went offline; Bob answers. Time passes by moving stored times."""

    def __init__(self, acme, vera):
        self.acme, self.vera = acme, vera

    def begin(self, email="vera@example.com"):
        self.vera.posts("Do you sell lamps?")
        self.vera.call("email/", {"email": email})
        Delivery.objects.all().delete()  # emails to agents are not the subject
        return self

    @property
    def conversation(self):
        return Conversation.objects.select_related("contact", "inbox", "workspace").get()

    def bob_answers(self, body="Yes."):
        return post_reply(self.conversation, body=body, client_id=uuid4(), by=self.acme.bob)

    def pass_time(self, span):
        move_into_the_past(span)
        deliver_all()


def deliver_all():
    Delivery.objects.filter(kind="unanswered").delete()
    deliver()


def mails():
    return [message for message in mail.outbox if message.to != ["bob@acme.example"]]


def states():
    return sorted(Delivery.objects.filter(kind="reply").values_list("state", flat=True))
