"""Acknowledged messages are stored once and in order, whatever is killed."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from inbox.models import Conversation, Message
from messagehub.lib.tokens import new_token
from tests.conftest import COMMITS
from tests.processes import PATIENCE, answers, free_port, kill, until, web

VISITORS, MESSAGES, KILLS = 20, 20, 3


class Sender:
    """A visitor's browser that sends messages one by one, each until it is acknowledged."""

    def __init__(self, key, port, name):
        self.key, self.port, self.name = key, port, name
        self.token = new_token()
        self.acknowledged = []
        self.tries = 0

    def send_all(self):
        for number in range(MESSAGES):
            body = f"{self.name}:{number}"
            client_id = str(uuid4())
            while not self.send(body, client_id):
                time.sleep(0.1)
            self.acknowledged.append(body)

    def send(self, body, client_id):
        self.tries += 1
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        headers = {"Authorization": f"Visitor {self.token}", "Content-Type": "application/json"}
        try:
            data = json.dumps({"body": body, "client_id": client_id})
            connection.request("POST", f"/widget/{self.key}/messages/", data, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        assert answer.status in (200, 201, 429, 503), answer.status
        return answer.status in (200, 201)


@COMMITS
def test_killing_the_web_process_neither_loses_nor_repeats_messages(acme):
    port = free_port()
    senders = [Sender(acme.inbox.key, port, f"v{number}") for number in range(VISITORS)]
    with ThreadPoolExecutor(VISITORS) as pool:
        sending = []
        for life in range(KILLS + 1):
            with web(port) as process:
                until(lambda: answers(port), what="the web process")
                sending = sending or [pool.submit(sender.send_all) for sender in senders]
                if life < KILLS:
                    already = Message.objects.count()
                    until(lambda n=already: Message.objects.count() > n + 60, what="some messages")
                    kill(process)
                else:
                    for each in sending:
                        each.result(timeout=PATIENCE)
    assert sum(sender.tries for sender in senders) > VISITORS * MESSAGES, "no kill was felt"
    for sender in senders:
        assert stored(sender.name) == sender.acknowledged
        assert len(sender.acknowledged) == MESSAGES
    assert Conversation.objects.count() == VISITORS


def stored(name):
    messages = Message.objects.filter(kind="contact", body__startswith=f"{name}:")
    return list(messages.order_by("conversation", "seq").values_list("body", flat=True))
