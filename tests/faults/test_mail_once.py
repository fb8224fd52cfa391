"""Two emails about one conversation are sent by two threads of a real worker."""

from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from outbox.models import Delivery
from tests.conftest import COMMITS
from tests.faults.mail import mailing
from tests.outbox.mailhost import mail_host
from tests.processes import until


@COMMITS
def test_the_second_email_does_not_repeat_the_first(acme, vera):
    """The first attempt hung while the contact wrote again. Now both emails are due."""
    conversation = vera.writes("Do you sell lamps?").conversation
    assign_conversation(conversation, assignee=acme.bob, by=acme.alice)
    Delivery.objects.all().delete()
    vera.writes("In red?")
    Delivery.objects.update(state="sending")
    vera.writes("Or green?")
    older, younger = Delivery.objects.order_by("pk")
    Delivery.objects.update(state="waiting", next_attempt_at=timezone.now())
    with mail_host() as host:
        host.gate.clear()
        with mailing(host):
            until(lambda: host.holding == 1, what="the first email on its way")
            until(lambda: was_postponed(younger), what="the second email being postponed")
            assert host.holding == 1
            host.gate.set()
            until(lambda: state(older) == "sent", what="the first email sent")
            Delivery.objects.filter(pk=younger.pk).update(next_attempt_at=timezone.now())
            until(lambda: state(younger) == "cancelled", what="the second email cancelled")
    assert len(host.received) == 1
    assert all(text in host.received[0] for text in ("lamps?", "In red?", "Or green?"))


def state(delivery):
    return Delivery.objects.values_list("state", flat=True).get(pk=delivery.pk)


def was_postponed(delivery):
    waiting = Delivery.objects.filter(pk=delivery.pk, state="waiting")
    return waiting.filter(next_attempt_at__gt=timezone.now()).exists()
