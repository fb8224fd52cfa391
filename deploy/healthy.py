"""Check that the process in this container works: python deploy/healthy.py web|live|worker

Prints the reason and exits with 0 or 1. Uses only the standard library, because it runs every few
seconds in every container.
"""

import os
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

SECONDS = 60  # a worker has a task every few seconds (messagehub/lib/worker_health.py)


def web() -> str:
    """Check that it responds and reaches the database."""
    return check_response("/healthz", expected=200)


def live() -> str:
    """Check that its event loop runs. It refuses every request without a ticket."""
    return check_response("/live/", expected=401)


def worker() -> str:
    return check_age("worker-alive", "finished a task")


def check_response(path: str, *, expected: int) -> str:
    # Under the site's name, because any other is refused (ALLOWED_HOSTS).
    host = urlsplit(os.environ.get("SITE_URL") or "http://localhost").netloc
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=5)
    try:
        connection.request("GET", path, headers={"Host": host})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise SystemExit(f"{path} doesn't respond: {error}") from None
    if status != expected:
        raise SystemExit(f"{path} responds with {status}")
    return f"{path} responds with {status}"


def check_age(name: str, what: str) -> str:
    try:
        age = time.time() - Path(os.environ.get("DATA_DIR") or ".data", name).stat().st_mtime
    except FileNotFoundError:
        raise SystemExit(f"It has not {what} yet") from None
    if age > SECONDS:
        raise SystemExit(f"It last {what} {age:.0f} s ago")
    return f"It {what} {age:.0f} s ago"


if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) == 2 else ""
    if part not in ("web", "live", "worker"):
        raise SystemExit(__doc__)
    print(globals()[part]())
