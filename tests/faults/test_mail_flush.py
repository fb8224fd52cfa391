"""Redis is emptied while mail is queued, under a worker and a beat that go on running."""

from messagehub.lib import redis
from tests.conftest import COMMITS
from tests.faults.mail import all_sent, arrived, mailing, queue
from tests.outbox.mailhost import mail_host
from tests.processes import until


@COMMITS
def test_no_mail_is_lost_and_none_goes_twice(tmp_path):
    with mail_host() as host, mailing(host, tmp_path):
        host.gate.clear()
        ids = queue(10)
        until(lambda: host.holding == 2, what="two emails on their way")
        assert redis.client().llen("celery") > 0, "nothing was queued in Redis"
        redis.client().flushdb()
        host.gate.set()
        ids |= queue(2)
        until(all_sent, what="all of it")
    assert arrived(host, ids) == {1: 12}
