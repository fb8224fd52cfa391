"""The broker is unavailable for a while, and the worker keeps running."""

import math
import os
import time

from messagehub.lib import on_commit, redis
from messagehub.lib.clock import claim_key
from outbox.models import Delivery
from tests.conftest import COMMITS
from tests.faults.mail import all_sent, arrived, mailing, message_ids, queue
from tests.outbox.mailhost import mail_host
from tests.processes import until

# The promise is two minutes, which `make test` waits in parallel with its other tests. Run alone,
# this is just longer than the sweeps' ten seconds and Celery's first attempts to reconnect.
AWAY = int(os.environ.get("AWAY_SECONDS", "12"))


def postpone_sweeps(seconds):
    """Keep the worker from sweeping for so long, once the sweep that it may have begun is done."""
    claim = {"name": claim_key("outbox.tasks.sweep"), "value": "the test"}
    until(lambda: redis.client().set(**claim, ex=seconds, nx=True), what="the end of a period")
    until(lambda: not redis.client().exists("celery", "unacked"), what="the last sweep")


@COMMITS
def test_emails_wait_and_are_sent_once(redis_line, monkeypatch):
    with mail_host() as host, mailing(host, REDIS_URL=redis_line.url):
        before = queue(2)
        until(all_sent, what="emails from a healthy worker")
        # A sweep that finds no free slot lets the sender before it go on with all that is due.
        postpone_sweeps(AWAY + 10)
        host.gate.clear()
        in_flight = queue(2)
        until(lambda: host.holding == 2, what="two emails on their way")
        redis_line.cut()
        gone = time.monotonic()
        monkeypatch.setattr(
            on_commit, "_unavailable_until", math.inf
        )  # unavailable for this process too
        waiting = queue(3)
        host.gate.set()
        until(
            lambda: in_flight <= message_ids(Delivery.State.SENT),
            what="sent marks without a broker",
        )
        time.sleep(max(0, gone + AWAY - time.monotonic()))
        assert message_ids(Delivery.State.WAITING) == waiting
        redis_line.mend()
        until(all_sent, what="the queued emails")
    assert arrived(host, before | in_flight | waiting) == {1: 7}
