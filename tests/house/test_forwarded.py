"""A client's address is only believed from as many proxies as BEHIND_PROXY says.

Each server starts with its real command, but with an application that returns its WSGI variables.
"""

import http.client
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from dev.run import COMMANDS
from tests.live.server import is_open
from tests.processes import free_port, process_environment, until

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
GUIDE = (ROOT / "docs" / "running.md").read_text()
SERVERS = [
    COMMANDS["web"],
    COMPOSE["web"]["command"].replace("${WEB_PROCESSES:-2}", "2"),
    COMPOSE["live"]["command"],
    *re.findall(r"uvicorn messagehub\.asgi:\w+[^`\n]*", GUIDE),
]
CLAIMS = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Ssl": "on",
    "Forwarded": "for=203.0.113.7;proto=https",
    "X-Real-IP": "203.0.113.7",
    "SCRIPT_NAME": "/variables",
}


@contextmanager
def started(command, application):
    """Start a server and return its port."""
    port = free_port()
    command_line = re.sub(r"messagehub\.asgi:\w+", application, command)
    command_line = re.sub(r"--(port|host)[= ]\S+", "", command_line)
    command_line += f" --port={port}"
    process = subprocess.Popen(
        [sys.executable, "-m", *shlex.split(command_line)],
        env=process_environment(PORT=str(port)),
        cwd=ROOT,
    )
    try:
        until(lambda: process.poll() is not None or is_open(port), what=command)
        assert process.poll() is None
        yield port
    finally:
        process.terminate()
        process.wait()


def variables_of(port):
    """Return the WSGI variables of a request with many forged headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/variables", headers=CLAIMS)
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return dict(line.split("=", 1) for line in lines)


def test_all_commands_are_found():
    assert len(SERVERS) == 6


@pytest.mark.django_db
@pytest.mark.parametrize("command", dict.fromkeys(SERVERS))
def test_the_server_itself_ignores_forwarded_headers(command):
    with started(command, "tests.live.wsgi_app:app") as port:
        variables = variables_of(port)
    assert variables["REMOTE_ADDR"] == "127.0.0.1"
    assert variables["wsgi.url_scheme"] == "http"
    assert variables["SCRIPT_NAME"] == ""
    assert variables["HTTP_X_FORWARDED_FOR"] == "203.0.113.7"  # BEHIND_PROXY decides about it
