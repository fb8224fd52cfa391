"""A process is healthy if it does its work, not if it exists (deploy/healthy.py)."""

import os
import re
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from messagehub.lib import worker_health
from tests.conftest import COMMITS
from tests.processes import until, worker

HEALTHY = Path(__file__).resolve().parents[2] / "deploy" / "healthy.py"


def health(part, **settings):
    """Return the exit code and the output."""
    done = subprocess.run(
        [sys.executable, HEALTHY, part],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout or done.stderr).strip()


def test_a_worker_idle_for_a_minute_is_unhealthy(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    assert health("worker", DATA_DIR=str(tmp_path))[0] == 1
    worker_health.mark_worker_alive()
    assert health("worker", DATA_DIR=str(tmp_path))[0] == 0
    marked_at = time.time() - 70
    os.utime(tmp_path / "worker-alive", (0, marked_at))
    code, output = health("worker", DATA_DIR=str(tmp_path))
    assert code == 1
    said = int(re.fullmatch(r"It last finished a task (\d+) s ago", output).group(1))
    assert 70 <= said <= time.time() - marked_at + 1


def test_the_heartbeat_runs_often_enough(settings):
    assert settings.SWEEPS[worker_health.heartbeat.name] <= 10


@COMMITS
def test_a_real_worker_becomes_healthy(tmp_path):
    own = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "an-example-" * 6}
    with worker(**own):
        until(lambda: health("worker", **own)[0] == 0, "a healthy worker")


class Answer(BaseHTTPRequestHandler):
    answers = {"/healthz": 200, "/live/": 401}
    hosts = []

    def do_GET(self):
        self.hosts.append(self.headers["Host"])
        self.send_response(self.answers[self.path])
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def http_server():
    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield {"PORT": str(server.server_port), "SITE_URL": "https://chat.example.com"}
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("part", "path"), [("web", "/healthz"), ("live", "/live/")])
def test_a_wrong_response_is_unhealthy(part, path, http_server, monkeypatch):
    assert health(part, **http_server) == (0, f"{path} responds with {Answer.answers[path]}")
    assert Answer.hosts[-1] == "chat.example.com"
    monkeypatch.setitem(Answer.answers, path, 503)
    assert health(part, **http_server) == (1, f"{path} responds with 503")


@pytest.mark.parametrize("part", ["web", "live"])
def test_no_response_is_unhealthy(part):
    assert health(part, PORT="1")[0] == 1
