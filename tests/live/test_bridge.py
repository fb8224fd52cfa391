"""Pages behind the same port as the streams."""

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.server import Server


@pytest.fixture(scope="module")
def server():
    server = Server("tests.live.bridge_app:app")
    yield server
    server.stop()


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


def test_the_body_and_the_answer_pass_unchanged(server):
    body = bytes(range(256)) * 10_000  # more than is kept in memory
    assert ask(server, "POST", "/echo", body) == (201, body)
    assert ask(server, "POST", "/echo", b"") == (201, b"")


def test_a_body_without_a_length_arrives(server):
    assert ask(server, "POST", "/echo", iter([b"one", b"two"])) == (201, b"onetwo")


def test_what_the_application_is_told(server):
    headers = {"Content-Type": "text/x", "X-Two": "Grüße"}
    _, content = ask(server, "POST", "/variables?a=b%20c", b"abc", headers)
    lines = content.decode("latin-1").splitlines()
    assert "PATH_INFO=/variables" in lines
    assert "QUERY_STRING=a=b%20c" in lines
    assert "CONTENT_TYPE=text/x" in lines
    assert "CONTENT_LENGTH=3" in lines
    assert "REMOTE_ADDR=127.0.0.1" in lines
    assert "HTTP_X_TWO=Grüße" in lines


def test_a_header_with_an_underscore_does_not_pass_for_another(server):
    good = ask(server, "GET", "/variables", headers={"X-Trusted": "proxy"})[1]
    assert b"HTTP_X_TRUSTED=proxy\n" in good
    bad = ask(server, "GET", "/variables", headers={"X_Trusted": "visitor"})[1]
    assert b"TRUSTED" not in bad


def test_half_a_body_never_reaches_the_application(server):
    ask(server, "POST", "/echo", b"before")
    client = half_a_request(server)
    client.shutdown(socket.SHUT_WR)
    assert client.recv(1000) == b""
    assert ask(server, "GET", "/last") == (200, b"before")


def test_slow_uploads_take_no_thread(server):
    clients = [half_a_request(server) for _ in range(20)]
    assert ask(server, "POST", "/echo", b"whole") == (201, b"whole")
    for client in clients:
        client.close()


def test_too_much_is_refused_before_it_is_read(server):
    assert ask(server, "POST", "/echo", b"x" * 3_000_000)[0] == 201
    client = half_a_request(server, length=3_000_001)
    assert client.recv(1000).startswith(b"HTTP/1.1 413 ")
    client.close()


def test_too_much_without_a_length_is_refused(server):
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    with pytest.raises(OSError):
        for _ in range(100):
            client.sendall(b"%x\r\n%s\r\n" % (100_000, b"x" * 100_000))
            time.sleep(0.001)
    client.close()


def test_a_long_answer_arrives_whole(server):
    status, content = ask(server, "GET", "/long")
    assert status == 200
    assert content == b"".join(b"%099d\n" % number * 1000 for number in range(300))


def test_whoever_leaves_a_long_answer_gives_the_thread_back(server):
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
    client.recv(1000)
    client.close()
    assert ask(server, "POST", "/echo", b"next") == (201, b"next")


def test_an_ordinary_answer_needs_no_thread_while_it_is_read(server):
    clients = []
    for _ in range(3):
        clients.append(socket.create_connection(("127.0.0.1", server.port)))
        clients[-1].sendall(
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000
        )
    assert ask(server, "POST", "/echo", b"next") == (201, b"next")
    for client in clients:
        client.close()


def test_an_error_is_an_error(server):
    assert ask(server, "GET", "/broken")[0] == 500
    assert ask(server, "POST", "/echo", b"next") == (201, b"next")


def test_answers_without_a_body(server):
    assert ask(server, "GET", "/nothing") == (204, b"")
    assert ask(server, "HEAD", "/slow") == (200, b"")


def test_a_reader_that_does_not_read_cannot_hold_up_the_stop():
    server = Server("tests.live.bridge_app:app")
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(0.3)
    assert server.stop() < 5
    client.close()


def test_more_than_can_wait_is_refused_at_once_and_the_rest_is_answered(server):
    """One thread, 16 places to wait: 40 slow requests at once."""
    with ThreadPoolExecutor(40) as pool:
        codes = [pool.submit(ask, server, "GET", "/slow") for _ in range(40)]
        codes = [each.result()[0] for each in codes]
    assert codes.count(200) == 17
    assert codes.count(503) == 23
    assert ask(server, "POST", "/echo", b"calm again") == (201, b"calm again")


def test_an_urgent_page_does_not_stand_in_line(server):
    with ThreadPoolExecutor(6) as pool:
        line = [pool.submit(ask, server, "GET", "/slow") for _ in range(6)]
        while not any(each.running() for each in line):
            time.sleep(0.01)
        assert ask(server, "GET", "/nothing") == (204, b"")
        assert not all(each.done() for each in line)
        assert {each.result() for each in line} == {(200, b"slow")}


def test_a_refusal_carries_headers_that_protect(server):
    client = half_a_request(server, length=3_000_001)
    head = client.recv(1000).lower()
    client.close()
    assert b"x-content-type-options: nosniff" in head
    assert b"content-security-policy: default-src 'none'" in head
