"""Start the product's real processes, for tests about order, faults and browsers."""

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

# Seconds to wait before a test fails. This is long because a busy machine is no failure, and a
# passing test doesn't wait any longer than it needs.
PATIENCE = 120


def process_environment(**more):
    """Return the environment of a process that uses the test's database and Redis."""
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
    """Kill the process and its children."""
    try:
        os.killpg(process.pid, how)
        process.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    except ProcessLookupError:
        process.wait()


def worker(**environment):
    command = ["celery", "-A", "messagehub", "--quiet", "worker", "--loglevel=WARNING"]
    # Half of its threads send emails, so two at the same time.
    command += ["--pool=threads", "--concurrency=4", "--without-gossip", "--without-mingle"]
    return running(*command, **environment)


def web(port, application="messagehub.asgi:application", **environment):
    return running(
        "uvicorn",
        application,
        f"--port={port}",
        "--no-access-log",
        "--no-proxy-headers",
        "--log-level=warning",
        "--timeout-graceful-shutdown=1",
        PORT=str(port),
        **environment,
    )


def free_port():
    """Return a free port below the range that the system uses for outgoing connections.

    An outgoing connection could take a port of that range before the server binds it.
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


def is_lock_awaited():
    """Return whether a connection of this test's database waits for a lock.

    Other tests use other databases of the same server at the same time.
    """
    with connection.cursor() as cursor:
        # Within a transaction, only the connections of its first look are seen otherwise.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database())"
        )
        return cursor.fetchone()[0]


def until(condition, what="it", seconds=PATIENCE):
    """Wait until the condition is true and return its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")
