"""PostgreSQL or Redis accepts connections but never responds."""

import time
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.conftest import COMMITS
from tests.processes import answers, free_port, until, web


def health(port):
    """Return the status and how many seconds it took."""
    began = time.monotonic()
    status = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=60).status_code
    return status, time.monotonic() - began


@COMMITS
def test_monitors_notice_a_frozen_postgresql_in_time(database_line):
    port = free_port()

    def page():
        url = f"http://127.0.0.1:{port}/accounts/login/"
        cookies = {"messagehub_session": "x" * 32}
        return requests.get(url, cookies=cookies, timeout=60).status_code

    server = web(port, DATABASE_URL=database_line.url, WSGI_THREADS="2")
    with server, ThreadPoolExecutor(6) as people:
        until(lambda: answers(port), what="the web server")
        assert page() == 200
        database_line.freeze()
        try:
            # More requests than threads: the monitor must not queue behind them.
            pages = [people.submit(page) for _ in range(6)]
            until(lambda: any(each.running() for each in pages))
            for _ in range(2):  # the second one finds no connection left
                status, seconds = health(port)
                assert status == 503
                assert seconds < 5
        finally:
            database_line.thaw()
        assert {each.result() for each in pages} <= {200, 503}
        until(lambda: health(port)[0] == 200, what="a healthy server afterwards")
        assert page() == 200


@COMMITS
def test_a_frozen_redis_does_not_delay_health(acme, redis_line):
    port = free_port()
    with web(port, REDIS_URL=redis_line.url):
        until(lambda: answers(port), what="the web server")
        redis_line.freeze()
        try:
            status, seconds = health(port)
        finally:
            redis_line.thaw()
    assert status == 200
    assert seconds < 5
