"""Redis is flushed while emails are queued, and the worker keeps running."""

import os
import signal

from messagehub.lib import redis
from tests.conftest import COMMITS
from tests.faults.mail import all_sent, arrived, mailing, queue
from tests.outbox.mailhost import mail_host
from tests.processes import until


@COMMITS
def test_no_email_is_lost_or_sent_twice():
    with mail_host() as host, mailing(host) as process:
        host.gate.clear()
        ids = queue(2)
        until(lambda: host.holding == 2, what="two emails on their way")
        os.killpg(process.pid, signal.SIGSTOP)  # or it would take the tasks from the queue
        ids |= queue(8)
        assert redis.client().llen("celery") > 0, "nothing was queued in Redis"
        redis.client().flushdb()
        os.killpg(process.pid, signal.SIGCONT)
        host.gate.set()
        ids |= queue(2)
        until(all_sent, what="all emails")
    assert arrived(host, ids) == {1: 12}
