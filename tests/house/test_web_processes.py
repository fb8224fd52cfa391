"""Pages in several processes: a lost process is replaced, and a stop finishes responses."""

import contextlib
import re
import shlex
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
import yaml

from tests.conftest import COMMITS
from tests.processes import PATIENCE, answers, free_port, process_environment, until

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


@pytest.fixture
def web():
    """Start `web` as Compose does, with two processes."""
    port = free_port()
    command = COMPOSE["web"]["command"].replace("${WEB_PROCESSES:-2}", "2")
    command = re.sub(r"--host \S+ --port \S+", f"--port {port}", command)
    process = subprocess.Popen(
        [sys.executable, "-m", *shlex.split(command)],
        env=process_environment(PORT=str(port)),
        cwd=ROOT,
    )
    manager = psutil.Process(process.pid)
    manager.port = port
    manager.wait_for_end = process.wait
    until(lambda: process.poll() is not None or answers(port), what="web")
    children = servers(manager)
    yield manager
    if process.poll() is None:
        children = servers(manager)
        process.kill()
        process.wait()
    for each in children:
        with contextlib.suppress(psutil.Error):
            each.kill()


def servers(manager):
    """Return the processes that serve pages. (One more child only watches shared resources.)"""
    return [each for each in manager.children() if "spawn_main" in command_of(each)]


def command_of(process):
    with contextlib.suppress(psutil.Error):  # it has ended
        return " ".join(process.cmdline())
    return ""


@pytest.mark.processes
@COMMITS
def test_a_killed_process_is_replaced(web):
    old = until(lambda: len(servers(web)) == 2 and servers(web), what="two processes")
    old[0].kill()
    until(lambda: len(set(servers(web)) - {old[0]}) == 2, what="a new process")
    old[1].kill()  # so the new one answers
    until(lambda: answers(web.port), what="the new process")


@pytest.mark.processes
@COMMITS
def test_a_stop_finishes_the_response_and_leaves_no_process(web):
    until(lambda: len(servers(web)) == 2, what="two processes")
    all_servers = servers(web)
    connection = HTTPConnection("127.0.0.1", web.port, timeout=PATIENCE)
    connection.putrequest("POST", "/accounts/login/")
    connection.putheader("Content-Length", "6")
    connection.endheaders(b"a=b")
    until(lambda: is_accepted(connection, all_servers), what="a process with the request")
    web.send_signal(signal.SIGTERM)
    until(lambda: not answers(web.port), what="the end of new connections")
    connection.send(b"&c=")
    assert connection.getresponse().status == 403  # it has no CSRF token
    assert web.wait_for_end(PATIENCE) == 0
    assert not any(each.is_running() for each in all_servers)


def is_accepted(connection, processes):
    """Return whether one of the processes has accepted this client's connection."""
    client = connection.sock.getsockname()
    accepted = [each for process in processes for each in process.net_connections("tcp")]
    return any(each.raddr == client for each in accepted)
