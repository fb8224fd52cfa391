"""PostgreSQL restarts just when the mail server accepts an email."""

from tests.conftest import COMMITS
from tests.faults.mail import all_sent, arrived, log, mailing, queue
from tests.outbox.mailhost import mail_host
from tests.processes import until


@COMMITS
def test_an_email_sent_during_the_restart_is_marked_afterwards(database_line, capfd):
    with mail_host() as host, mailing(host, DATABASE_URL=database_line.url):
        host.gate.clear()
        ids = queue(1)
        until(lambda: host.holding == 1, what="an email on its way")
        database_line.cut()
        host.gate.set()
        until(lambda: len(host.received) == 1, what="the mail server's acceptance")
        until(
            lambda: "could not be stored yet" in log(capfd),
            what="a result that could not be stored",
        )
        database_line.mend()
        until(all_sent, what="the stored result")
    assert arrived(host, ids) == {1: 1}
