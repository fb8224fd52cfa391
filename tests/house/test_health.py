"""A process is healthy if it does its work, not if it exists (deploy/healthy.py)."""

import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from messagehub.lib import worker_health
from tests.conftest import COMMITS
from tests.processes import running, until, worker

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


@pytest.mark.parametrize(("part", "mark"), [("worker", "worker-alive"), ("beat", "beat-alive")])
def test_a_process_idle_for_a_minute_is_unhealthy(part, mark, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    assert health(part, DATA_DIR=str(tmp_path))[0] == 1
    worker_health.touch(mark)
    assert health(part, DATA_DIR=str(tmp_path))[0] == 0
    os.utime(tmp_path / mark, (0, time.time() - 70))
    code, output = health(part, DATA_DIR=str(tmp_path))
    assert code == 1
    assert "70 s ago" in output


def test_the_heartbeat_runs_often_enough(settings):
    entry = settings.CELERY_BEAT_SCHEDULE[worker_health.heartbeat.name]
    assert entry["task"] == worker_health.heartbeat.name
    assert entry["schedule"].run_every.total_seconds() <= 10


@COMMITS
def test_a_real_worker_and_beat_become_healthy(tmp_path):
    own = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "an-example-" * 6}
    beat = ("celery", "-A", "messagehub", "--quiet", "beat", "--loglevel=WARNING")
    with worker(**own), running(*beat, **own):
        for part in ("beat", "worker"):
            until(lambda part=part: health(part, **own)[0] == 0, f"a healthy {part}")


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
