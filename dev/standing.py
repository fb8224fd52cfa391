"""The PostgreSQL and Redis that tests leave running: the next call finds them ready.

A process of their own keeps them (`python -m dev keep-services`) and holds the lock of their
data directory, as `make run` does of its own; `make stop` ends both.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from . import instance, process_table, signals
from .checkout import ROOT, data_directory
from .errors import UserError
from .services import Services

PATIENCE = 60  # seconds until the keeper has started both servers
LOOK_EVERY = 0.5  # seconds


def directory() -> Path:
    return data_directory() / "test"


def addresses() -> dict[str, str]:
    """Return where the servers listen; start them first if they aren't running."""
    data = directory()
    if found := _written_by_a_living_keeper(data):
        return found
    data.mkdir(mode=0o711, parents=True, exist_ok=True)
    log = data / "keeper.log"
    with log.open("w") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "dev", "keep-services"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )

    def is_decided() -> bool:
        # A second call at the same moment starts a second keeper, which ends: either one will do.
        has_failed = keeper.poll() is not None and not instance.is_claimed(data)
        return bool(_written_by_a_living_keeper(data)) or has_failed

    process_table.wait_until(is_decided, PATIENCE)
    if found := _written_by_a_living_keeper(data):
        return found
    raise UserError(f"The servers for tests don't start: {log.read_text().strip() or log}")


def keep() -> None:
    """Start both servers and wait until a signal, or until the data directory is gone."""
    data = directory()
    with instance.claimed(data) as run_directory:
        services = Services(data, run_directory, throw_away=True)
        file = _address_file(data)
        try:
            services.start()
            keeper = {"keeper": os.getpid(), "birth": process_table.birth(os.getpid())}
            file.write_text(json.dumps({**services.addresses, **keeper}))
            while file.exists() and all(service.process.is_running for service in services.own):
                time.sleep(LOOK_EVERY)
        finally:
            signals.ignore()
            file.unlink(missing_ok=True)
            services.stop()


def _address_file(data: Path) -> Path:
    return data / "run" / "addresses.json"


def _written_by_a_living_keeper(data: Path) -> dict[str, str]:
    try:
        found = json.loads(_address_file(data).read_text())
    except (OSError, ValueError):
        return {}
    keeper, birth = found.pop("keeper"), found.pop("birth")
    return found if process_table.birth(keeper) == birth else {}
