"""A worker is killed while it sends emails."""

from django.db.models.functions import Now

from outbox.models import Delivery
from tests.conftest import COMMITS
from tests.faults.mail import all_sent, arrived, log, mailing, message_ids, queue
from tests.outbox.mailhost import mail_host
from tests.processes import kill, until

LEASE = {"EMAIL_LEASE": "5"}  # 90 in production; only the waiting depends on it
THREADS = 2


@COMMITS
def test_only_the_email_being_sent_is_repeated_and_logged(capfd):
    with mail_host() as host:
        with mailing(host, **LEASE) as process:
            before = queue(2)
            until(all_sent, what="emails from a healthy worker")
            host.gate.clear()
            rest = queue(4)
            until(lambda: host.holding == THREADS, what="two emails on their way")
            kill(process)
        in_flight = message_ids(Delivery.State.SENDING)
        assert len(in_flight) == THREADS
        Delivery.objects.filter(state="sending").update(leased_until=Now())
        host.gate.set()
        until(lambda: len(host.received) == 4, what="the emails that the dead worker began")
        assert "its sender died" not in log(capfd)
        with mailing(host, **LEASE):
            until(all_sent, what="the other emails, from a second worker")
    assert arrived(host, in_flight) == {2: THREADS}
    assert arrived(host, (before | rest) - in_flight) == {1: 4}
    named = [line for line in log(capfd).splitlines() if "its sender died while sending" in line]
    assert {line.rpartition(" ")[2] for line in named} == in_flight
    assert len(named) == THREADS


@COMMITS
def test_an_email_that_was_claimed_but_not_sent_is_sent_once():
    """The worker is killed before the mail server has responded at all."""
    with mail_host() as host:
        host.deaf = True
        with mailing(host, **LEASE) as process:
            ids = queue(3)
            until(lambda: len(message_ids(Delivery.State.SENDING)) == THREADS, what="a claim")
            kill(process)
        host.deaf = False
        with mailing(host, **LEASE):
            until(all_sent, what="all emails, from a second worker")
    assert arrived(host, ids) == {1: 3}
