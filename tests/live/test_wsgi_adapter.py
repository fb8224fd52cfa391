"""Django's WSGI application behind the ASGI server."""

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.server import Server
from tests.processes import until

APP = "tests.live.wsgi_app:app"


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    """A file without which /slow has no answer."""
    gate = tmp_path_factory.mktemp("adapter") / "gate"
    gate.touch()
    return gate


@pytest.fixture(scope="module")
def adapter(gate):
    with Server(APP, GATE=gate) as server:
        yield server


def ask(server, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def half_a_request(server, length=100):
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(
        f"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\nhalf".encode()
    )
    return client


def test_the_body_and_the_answer_pass_unchanged(adapter):
    body = bytes(range(256)) * 10_000  # more than is kept in memory
    assert ask(adapter, "POST", "/echo", body) == (201, body)
    assert ask(adapter, "POST", "/echo", b"") == (201, b"")


def test_a_body_without_a_length_arrives(adapter):
    assert ask(adapter, "POST", "/echo", iter([b"one", b"two"])) == (201, b"onetwo")


def test_what_the_application_is_told(adapter):
    headers = {"Content-Type": "text/x", "X-Two": "Grüße"}
    _, content = ask(adapter, "POST", "/variables?a=b%20c", b"abc", headers)
    lines = content.decode("latin-1").splitlines()
    assert "PATH_INFO=/variables" in lines
    assert "QUERY_STRING=a=b%20c" in lines
    assert "CONTENT_TYPE=text/x" in lines
    assert "CONTENT_LENGTH=3" in lines
    assert "REMOTE_ADDR=127.0.0.1" in lines
    assert "HTTP_X_TWO=Grüße" in lines


def test_a_header_with_an_underscore_does_not_pass_for_another(adapter):
    good = ask(adapter, "GET", "/variables", headers={"X-Trusted": "proxy"})[1]
    assert b"HTTP_X_TRUSTED=proxy\n" in good
    bad = ask(adapter, "GET", "/variables", headers={"X_Trusted": "visitor"})[1]
    assert b"TRUSTED" not in bad


def test_half_a_body_never_reaches_the_application(adapter):
    ask(adapter, "POST", "/echo", b"before")
    client = half_a_request(adapter)
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1000) == b""
    assert ask(adapter, "GET", "/last") == (200, b"before")


def test_slow_uploads_take_no_thread(adapter):
    clients = [half_a_request(adapter) for _ in range(20)]
    assert ask(adapter, "POST", "/echo", b"whole") == (201, b"whole")
    for client in clients:
        client.close()


def test_too_much_is_refused_before_it_is_read(adapter):
    assert ask(adapter, "POST", "/echo", b"x" * 3_000_000)[0] == 201
    client = half_a_request(adapter, length=3_000_001)
    assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
    client.close()


def test_too_much_without_a_length_is_refused(adapter):
    client = socket.create_connection(("127.0.0.1", adapter.port))
    client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    with pytest.raises(OSError):
        for _ in range(100):
            client.sendall(b"%x\r\n%s\r\n" % (100_000, b"x" * 100_000))
            time.sleep(0.001)
    client.close()


def test_a_long_answer_arrives_whole(adapter):
    status, content = ask(adapter, "GET", "/long")
    assert status == 200
    assert content == b"".join(b"%099d\n" % number * 1000 for number in range(300))


def test_whoever_leaves_a_long_answer_gives_the_thread_back(adapter):
    client = socket.create_connection(("127.0.0.1", adapter.port))
    client.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
    client.recv(1000)
    client.close()
    assert ask(adapter, "POST", "/echo", b"next") == (201, b"next")


def test_an_ordinary_answer_needs_no_thread_while_it_is_read(adapter):
    clients = []
    for _ in range(3):
        clients.append(socket.create_connection(("127.0.0.1", adapter.port)))
        clients[-1].sendall(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000
        )
    assert ask(adapter, "POST", "/echo", b"next") == (201, b"next")
    for client in clients:
        client.close()


def test_an_error_is_an_error(adapter):
    assert ask(adapter, "GET", "/broken")[0] == 500
    assert ask(adapter, "POST", "/echo", b"next") == (201, b"next")


def test_answers_without_a_body(adapter):
    assert ask(adapter, "GET", "/nothing") == (204, b"")
    assert ask(adapter, "HEAD", "/slow") == (200, b"")


def test_a_stalled_reader_does_not_delay_shutdown():
    with Server(APP) as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000)
        assert server.stop() < 30


def test_more_than_can_wait_is_refused_at_once_and_the_rest_is_answered(adapter, gate):
    """One thread, 16 places to wait: 40 requests while the first has no answer."""
    gate.unlink()
    with ThreadPoolExecutor(40) as pool:
        asked = [pool.submit(ask, adapter, "GET", "/slow") for _ in range(40)]
        until(lambda: sum(each.done() for each in asked) == 23, "the refusals")
        gate.touch()
        codes = [each.result()[0] for each in asked]
    assert (codes.count(200), codes.count(503)) == (17, 23)
    assert ask(adapter, "POST", "/echo", b"calm again") == (201, b"calm again")


def test_an_urgent_page_does_not_stand_in_line(adapter, gate):
    gate.unlink()
    with ThreadPoolExecutor(6) as pool:
        line = [pool.submit(ask, adapter, "GET", "/slow") for _ in range(6)]
        until(lambda: all(each.running() for each in line), "the requests that wait")
        assert ask(adapter, "GET", "/nothing") == (204, b"")
        assert not any(each.done() for each in line)
        gate.touch()
        assert {each.result() for each in line} == {(200, b"slow")}


def test_a_refusal_carries_headers_that_protect(adapter):
    client = half_a_request(adapter, length=3_000_001)
    head = client.recv(1000).lower()
    client.close()
    assert b"x-content-type-options: nosniff" in head
    assert b"content-security-policy: default-src 'none'" in head
