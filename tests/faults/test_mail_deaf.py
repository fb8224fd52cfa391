"""The mail server accepts connections but never responds, and the worker's other tasks go on."""

from datetime import timedelta

from django.utils import timezone

from inbox.actions.snooze import snooze_conversation
from inbox.models import Conversation
from outbox.models import Delivery
from tests.conftest import COMMITS
from tests.faults.mail import all_sent, mailing, queue
from tests.outbox.mailhost import mail_host
from tests.processes import until

MANY = 40


@COMMITS
def test_sweeps_go_on_while_the_mail_server_is_silent(acme, vera):
    conversation = vera.writes("Hello?").conversation
    Delivery.objects.all().delete()
    snooze_conversation(conversation, until=timezone.now() + timedelta(days=1), by=acme.alice)
    with mail_host() as host:
        host.deaf = True
        with mailing(host, PACE="5"):
            queue(MANY)
            sending = Delivery.objects.filter(state="sending")
            until(lambda: sending.count() == 2, what="senders that wait for the greeting")
            Conversation.objects.update(snoozed_until=timezone.now())
            until(is_awake, seconds=35, what="the sweep of snoozed conversations")
            assert sending.count() <= 2
            # One email after another finds out. The others have used up none of their attempts.
            tried = Delivery.objects.filter(attempts__gt=0)
            until(tried.exists, what="the end of an attempt")
            assert tried.count() < MANY / 2
            host.deaf = False
            until(all_sent, what="the emails, now that the server responds")


def is_awake():
    return Conversation.objects.get().is_open
