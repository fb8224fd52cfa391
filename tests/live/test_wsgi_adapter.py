"""Pages are served on the same port as the streams."""

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from messagehub.lib.wsgi_adapter import QUEUED_PER_THREAD
from tests.live.server import Server
from tests.processes import PATIENCE, until

APP = "tests.live.wsgi_app:app"


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    """A file that /slow waits for before it responds."""
    gate = tmp_path_factory.mktemp("adapter") / "gate"
    gate.touch()
    return gate


@pytest.fixture(scope="module")
def adapter(gate):
    with Server(APP, GATE=gate) as server:
        yield server


def ask(server, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


def send_half_a_request(server, length=100):
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(
        f"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\nhalf".encode()
    )
    return client


def test_request_and_response_bodies_pass_unchanged(adapter):
    body = bytes(range(256)) * 10_000  # too large to be kept in memory
    assert ask(adapter, "POST", "/echo", body) == (201, body)
    assert ask(adapter, "POST", "/echo", b"") == (201, b"")


def test_a_body_without_a_length_arrives(adapter):
    assert ask(adapter, "POST", "/echo", iter([b"one", b"two"])) == (201, b"onetwo")


def test_the_wsgi_environment(adapter):
    headers = {"Content-Type": "text/x", "X-Two": "Grüße"}
    _, content = ask(adapter, "POST", "/variables?a=b%20c", b"abc", headers)
    lines = content.decode("latin-1").splitlines()
    assert "PATH_INFO=/variables" in lines
    assert "QUERY_STRING=a=b%20c" in lines
    assert "CONTENT_TYPE=text/x" in lines
    assert "CONTENT_LENGTH=3" in lines
    assert "REMOTE_ADDR=127.0.0.1" in lines
    assert "HTTP_X_TWO=Grüße" in lines


def test_a_header_with_an_underscore_is_dropped(adapter):
    good = ask(adapter, "GET", "/variables", headers={"X-Trusted": "proxy"})[1]
    assert b"HTTP_X_TRUSTED=proxy\n" in good
    bad = ask(adapter, "GET", "/variables", headers={"X_Trusted": "visitor"})[1]
    assert b"TRUSTED" not in bad


def test_half_a_body_never_reaches_the_application(adapter):
    ask(adapter, "POST", "/echo", b"before")
    client = send_half_a_request(adapter)
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1000) == b""
    assert ask(adapter, "GET", "/last") == (200, b"before")


def test_slow_uploads_take_no_thread(adapter):
    clients = [send_half_a_request(adapter) for _ in range(20)]
    assert ask(adapter, "POST", "/echo", b"whole") == (201, b"whole")
    for client in clients:
        client.close()


def test_a_too_long_body_is_refused_before_it_is_read(adapter):
    assert ask(adapter, "POST", "/echo", b"x" * 3_000_000)[0] == 201
    client = send_half_a_request(adapter, length=3_000_001)
    assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
    client.close()


def test_a_too_long_body_without_a_length_is_refused(adapter):
    client = socket.create_connection(("127.0.0.1", adapter.port))
    client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    with pytest.raises(OSError):
        for _ in range(100):
            client.sendall(b"%x\r\n%s\r\n" % (100_000, b"x" * 100_000))
            time.sleep(0.001)
    client.close()


def test_a_long_response_arrives_completely(adapter):
    status, content = ask(adapter, "GET", "/long")
    assert status == 200
    assert content == b"".join(b"%099d\n" % number * 1000 for number in range(300))


def test_a_client_that_disconnects_frees_the_thread(adapter):
    client = socket.create_connection(("127.0.0.1", adapter.port))
    client.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
    client.recv(1000)
    client.close()
    assert ask(adapter, "POST", "/echo", b"next") == (201, b"next")


def test_a_short_response_holds_no_thread_while_it_is_read(adapter):
    clients = []
    for _ in range(3):
        clients.append(socket.create_connection(("127.0.0.1", adapter.port)))
        clients[-1].sendall(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000
        )
    assert ask(adapter, "POST", "/echo", b"next") == (201, b"next")
    for client in clients:
        client.close()


def test_an_application_error_is_a_500(adapter):
    assert ask(adapter, "GET", "/broken")[0] == 500
    assert ask(adapter, "POST", "/echo", b"next") == (201, b"next")


def test_responses_without_a_body(adapter):
    assert ask(adapter, "GET", "/nothing") == (204, b"")
    assert ask(adapter, "HEAD", "/slow") == (200, b"")


def test_a_client_that_does_not_read_does_not_delay_the_shutdown():
    with Server(APP) as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000)
        assert server.stop() < 30


def test_requests_beyond_the_queue_are_refused_at_once(adapter, gate):
    """More requests than one thread and its queue take, while the first has no response."""
    taken, refused = 1 + QUEUED_PER_THREAD, 23
    gate.unlink()
    with ThreadPoolExecutor(taken + refused) as pool:
        requests = [pool.submit(ask, adapter, "GET", "/slow") for _ in range(taken + refused)]
        until(lambda: sum(request.done() for request in requests) == refused, "the refusals")
        gate.touch()
        codes = [request.result()[0] for request in requests]
    assert (codes.count(200), codes.count(503)) == (taken, refused)
    assert ask(adapter, "POST", "/echo", b"calm again") == (201, b"calm again")


def test_urgent_pages_skip_the_queue(adapter, gate):
    gate.unlink()
    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(ask, adapter, "GET", "/slow") for _ in range(6)]
        until(lambda: all(request.running() for request in waiting), "the requests that wait")
        assert ask(adapter, "GET", "/nothing") == (204, b"")
        assert not any(request.done() for request in waiting)
        gate.touch()
        assert {request.result() for request in waiting} == {(200, b"slow")}


def test_refusals_carry_security_headers(adapter):
    client = send_half_a_request(adapter, length=3_000_001)
    head = client.recv(1000).lower()
    client.close()
    assert b"x-content-type-options: nosniff" in head
    assert b"content-security-policy: default-src 'none'" in head
