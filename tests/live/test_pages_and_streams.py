"""One process serves pages and streams on one port."""

import http.client
import uuid

from tests.conftest import COMMITS
from tests.live.client import Event
from tests.processes import PATIENCE, process_environment


def page(server, path) -> int:
    connection = http.client.HTTPConnection("localhost", server.port, timeout=PATIENCE)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


@COMMITS
def test_pages_and_streams_respond_and_stop_together(start_server, publish):
    database = process_environment()["DATABASE_URL"]
    server = start_server("messagehub.asgi:application", grace=100, DATABASE_URL=database)
    channel = f"conversation:{uuid.uuid4()}"
    streams = [server.open(channel).ready() for _ in range(50)]
    assert page(server, "/healthz") == 200
    assert page(server, "/live") == 404  # handled as a page, which doesn't exist
    publish.publish(channel, "append", {})
    assert {stream.event().name for stream in streams} == {"append"}
    assert server.stop() < 50
    goodbye = Event("bye", {"reason": "restart"})
    assert all(stream.event() == goodbye for stream in streams)


def test_a_stream_server_serves_no_pages(server):
    with server.open("a").ready():
        assert page(server, "/healthz") == 404
