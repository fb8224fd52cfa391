"""What holds while Redis or PostgreSQL is unavailable, with real processes."""

import time

import requests

from inbox.models import Conversation, Message
from outbox.models import Delivery
from tests.conftest import COMMITS, Vera
from tests.faults.mail import log
from tests.outbox.mailhost import mail_host
from tests.processes import answers, free_port, until, web, worker


class Browser(Vera):
    """A visitor who uses a running server."""

    def __init__(self, inbox, port):
        super().__init__(inbox)
        self.site = f"http://127.0.0.1:{port}/widget/{inbox.key}/"

    def ask(self, path, data=None, **fields):
        headers = {"Authorization": f"Visitor {self.token}"}
        if data is None:
            return requests.get(self.site + path, headers=headers, timeout=30)
        return requests.post(self.site + path, json=data, headers=headers, timeout=30)

    def says(self, body, client_id):
        return self.ask("messages/", {"body": body, "client_id": client_id})


FIRST = "00000000-0000-4000-8000-000000000001"
SECOND = "00000000-0000-4000-8000-000000000002"


@COMMITS
def test_without_redis_messages_are_stored_and_emails_leave_when_it_is_back(
    acme, redis_line, capfd
):
    port = free_port()
    with mail_host() as host, web(port, REDIS_URL=redis_line.url):
        until(lambda: answers(port), what="the web server")
        redis_line.cut()
        vera = Browser(acme.inbox, port)
        began = time.monotonic()
        assert vera.says("Hello?", FIRST).status_code == 201
        assert time.monotonic() - began < 25
        assert "Hello?" in vera.ask("messages/?after=0").json()["html"]
        assert vera.ask("email/", {"email": "vera@example.com"}).status_code == 200
        assert Delivery.objects.filter(kind="unanswered", state="waiting").count() == 2
        with worker(REDIS_URL=redis_line.url, EMAIL_URL=f"smtp://127.0.0.1:{host.port}"):
            until(lambda: "Cannot connect" in log(capfd), what="a worker without a broker")
            assert host.received == []
            redis_line.mend()
            until(lambda: len(host.received) == 2, what="emails after Redis is back")
    assert Delivery.objects.filter(state="sent").count() == 2


@COMMITS
def test_without_postgresql_nothing_is_acknowledged_and_the_retry_is_stored_once(
    acme, database_line
):
    port = free_port()
    with web(port, DATABASE_URL=database_line.url):
        until(lambda: answers(port), what="the web server")
        vera = Browser(acme.inbox, port)
        assert vera.says("one", FIRST).status_code == 201
        database_line.cut()
        answer = vera.says("two", SECOND)
        assert answer.status_code == 503
        assert answer.json()["error"]
        page = requests.get(
            f"http://127.0.0.1:{port}/accounts/login/",
            headers={"Accept": "text/html"},
            cookies={"messagehub_session": "x" * 32},
            timeout=15,
        )
        assert page.status_code == 503
        database_line.mend()
        until(lambda: vera.says("two", SECOND).status_code in (200, 201), what="the retry")
        assert vera.says("two", SECOND).status_code == 200
    bodies = Message.objects.filter(kind="contact").order_by("seq").values_list("body", flat=True)
    assert list(bodies) == ["one", "two"]
    assert Conversation.objects.count() == 1
