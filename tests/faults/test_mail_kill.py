"""A worker dies while it sends."""

from django.db.models.functions import Now

from outbox.models import Delivery
from tests.conftest import COMMITS
from tests.faults.mail import all_sent, arrived, log, mailing, message_ids, queue
from tests.outbox.mailhost import mail_host
from tests.processes import kill, until

LEASE = {"EMAIL_LEASE": "5"}  # in production 90 s, of which nothing depends but the waiting
THREADS = 2


@COMMITS
def test_only_what_was_being_sent_goes_twice_and_the_log_names_it(tmp_path, capfd):
    with mail_host() as host:
        with mailing(host, tmp_path, **LEASE) as process:
            before = queue(2)
            until(all_sent, what="mail from a worker that is well")
            host.gate.clear()
            rest = queue(4)
            until(lambda: host.holding == THREADS, what="two emails on their way")
            kill(process)
        in_flight = message_ids(Delivery.State.SENDING)
        assert len(in_flight) == THREADS
        Delivery.objects.filter(state="sending").update(leased_until=Now())
        host.gate.set()
        until(lambda: len(host.received) == 4, what="the end of what the dead worker began")
        assert "its sender died" not in log(capfd)
        with mailing(host, tmp_path, **LEASE):
            until(all_sent, what="the rest, by another worker")
    assert arrived(host, in_flight) == {2: THREADS}
    assert arrived(host, (before | rest) - in_flight) == {1: 4}
    named = [line for line in log(capfd).splitlines() if "its sender died while sending" in line]
    assert {line.rpartition(" ")[2] for line in named} == in_flight
    assert len(named) == THREADS


@COMMITS
def test_what_a_dead_worker_had_taken_but_not_sent_goes_once(tmp_path):
    """Killed while the mail server had not even answered its first word."""
    with mail_host() as host:
        host.deaf = True
        with mailing(host, tmp_path, **LEASE) as process:
            ids = queue(3)
            until(lambda: len(message_ids(Delivery.State.SENDING)) == THREADS, what="a claim")
            kill(process)
        host.deaf = False
        with mailing(host, tmp_path, **LEASE):
            until(all_sent, what="all of it, by another worker")
    assert arrived(host, ids) == {1: 3}
