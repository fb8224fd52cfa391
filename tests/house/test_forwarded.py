"""What a visitor claims about their address is only believed from as many proxies as we are told.

Each server is started by the command we start it with, but for the application, which says what
it is told.
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
UVICORN = [
    COMMANDS["web"],
    COMPOSE["live"]["command"],
    *re.findall(r"uvicorn messagehub\.asgi:\w+[^`\n]*", GUIDE),
]
GUNICORN = [COMPOSE["web"]["command"], *re.findall(r"^gunicorn .*$", GUIDE, re.MULTILINE)]
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
    """Its port, while it runs."""
    port = free_port()
    words = re.sub(r"messagehub\.(asgi|wsgi):\w+", application, command)
    words = re.sub(r"--(port|host)[= ]\S+", "", words)
    words += f" --port={port}" if words.startswith("uvicorn") else ""
    process = subprocess.Popen(
        [sys.executable, "-m", *shlex.split(words)],
        env=process_environment(PORT=str(port), WEB_PROCESSES="1"),
        cwd=ROOT,
    )
    try:
        until(lambda: process.poll() is not None or is_open(port), what=command)
        assert process.poll() is None
        yield port
    finally:
        process.terminate()
        process.wait()


def told(port):
    """What the application is told of a request full of claims."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/variables", headers=CLAIMS)
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return dict(line.split("=", 1) for line in lines)


def test_all_commands_are_found():
    assert len(UVICORN) == 4
    assert len(GUNICORN) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("command", "application"),
    [(command, "tests.live.wsgi_app:app") for command in dict.fromkeys(UVICORN)]
    + [(command, "tests.live.wsgi_app:pages") for command in dict.fromkeys(GUNICORN)],
)
def test_the_server_itself_believes_nothing(command, application):
    with started(command, application) as port:
        variables = told(port)
    assert variables["REMOTE_ADDR"] == "127.0.0.1"
    assert variables["wsgi.url_scheme"] == "http"
    assert variables["SCRIPT_NAME"] == ""
    assert variables["HTTP_X_FORWARDED_FOR"] == "203.0.113.7"  # left to BEHIND_PROXY
