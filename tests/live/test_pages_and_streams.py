"""One process serves pages and streams on one port."""

import http.client
import uuid

from tests.conftest import COMMITS
from tests.live.client import Event
from tests.processes import process_environment


def page(server, path) -> int:
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


@COMMITS
<<<<<<<< HEAD:tests/live/test_pages_and_streams.py
def test_pages_and_streams_respond_and_stop_together(start_server, publish):
========
def test_pages_and_streams_start_and_stop_together(start_server, publish):
>>>>>>>> integ:tests/live/test_asgi.py
    database = process_environment()["DATABASE_URL"]
    server = start_server("messagehub.asgi:application", grace=100, DATABASE_URL=database)
    channel = f"conversation:{uuid.uuid4()}"
    streams = [server.open(channel).ready() for _ in range(50)]
    assert page(server, "/healthz") == 200
<<<<<<<< HEAD:tests/live/test_pages_and_streams.py
    assert page(server, "/live") == 404  # handled as a page, which doesn't exist
========
    assert page(server, "/live") == 404  # this path belongs to Django, which has no such page
>>>>>>>> integ:tests/live/test_asgi.py
    publish.publish(channel, "append", {})
    assert {stream.event().name for stream in streams} == {"append"}
    assert server.stop() < 50
    goodbye = Event("bye", {"reason": "restart"})
    assert all(stream.event() == goodbye for stream in streams)


<<<<<<<< HEAD:tests/live/test_pages_and_streams.py
def test_a_stream_server_serves_no_pages(server):
========
def test_the_live_application_serves_no_pages(server):
>>>>>>>> integ:tests/live/test_asgi.py
    with server.open("a").ready():
        assert page(server, "/healthz") == 404
