"""The product's real processes, for tests that are about order, faults and browsers."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from random import randrange
from urllib.request import urlopen

from django.db import connection

# Seconds until what has not happened is taken for what never will. Long: a machine that is busy
# with other tests is no failure, and who passes waits no longer than it takes.
PATIENCE = 120


def process_environment(**more):
    """What a process of the product needs to use the test's database and Redis."""
    settings = connection.settings_dict
    host = settings["HOST"] or "localhost"
    address = f"postgresql://{settings['USER']}:{settings['PASSWORD']}@/{settings['NAME']}"
    address += f"?host={host}" + (f"&port={settings['PORT']}" if settings["PORT"] else "")
    return {**os.environ, "LOCAL": "1", "DEMO": "0", "DATABASE_URL": address, **more}


@contextmanager
def running(*command, **environment):
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=process_environment(**environment),
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process, signal.SIGTERM)


def kill(process, how=signal.SIGKILL):
    """The process and its children."""
    try:
        os.killpg(process.pid, how)
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    except ProcessLookupError:
        process.wait()


def worker(*options, **environment):
    command = ["celery", "-A", "messagehub", "--quiet", "worker", "--loglevel=WARNING"]
    # Half of its threads send mail: two at once.
    command += ["--pool=threads", "--concurrency=4", "--without-gossip", "--without-mingle"]
    return running(*command, *options, **environment)


def web(port, **environment):
    return running(
        "uvicorn",
        "messagehub.asgi:application",
        f"--port={port}",
        "--no-access-log",
        "--no-proxy-headers",
        "--log-level=warning",
        "--timeout-graceful-shutdown=1",
        PORT=str(port),
        **environment,
    )


def free_port():
    """Return a port below those that the system gives to outgoing connections.

    One of these could take it between this look and the moment a server binds it.
    """
    while True:
        port = randrange(10_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def answers(port):
    try:
        return urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).status == 200
    except OSError:
        return False


def until(condition, what="it", seconds=PATIENCE):
    """Waits for the condition to be true and returns its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")
