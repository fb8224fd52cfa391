"""Start what is measured: `make run` with its own temporary data directory."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 300  # seconds; the first start installs packages
AT_REST = 0.2  # of a core
TICKS = os.sysconf("SC_CLK_TCK")
PARTS = ("web", "worker", "beat", "postgres", "redis")
# Settings for the developer's own MessageHub must not affect the measurement.
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY", "DEBUG", "BEHIND_PROXY")


class Stack:
    """Started on entering, stopped and deleted on leaving."""

    def __init__(self, port: int):
        self.port = port
        self.data = ROOT / ".data" / f"bench-{os.getpid()}"

    def __enter__(self):
        self.data.mkdir(mode=0o711, parents=True)
        environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        environment |= {
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "DEMO": "0",
            "RELOAD": "0",
        }
        environment |= {"VISITORS_PER_ADDRESS": "0"}  # because all visitors come from this machine
        self.log = (self.data / "run.log").open("wb")
        # as in the Makefile
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev", "run"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        try:
            self.settings = self.wait_for_settings()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()
        shutil.rmtree(self.data, ignore_errors=True)

    def wait_for_settings(self) -> dict[str, str]:
        """Wait for the file that `make run` writes once all its processes respond."""
        file = self.data / "run" / "settings.json"
        until = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < until:
            if file.exists() and (text := file.read_text()):
                return json.loads(text)
            time.sleep(0.1)
        sys.exit(f"MessageHub did not start:\n{(self.data / 'run.log').read_text()[-2000:]}")

    def warnings(self) -> str:
        """Return the first warnings and errors in the logs."""
        self.log.flush()
        lines = (self.data / "run.log").read_text(errors="replace").splitlines()
        problems = [line for line in lines if " WARNING " in line or " ERROR " in line]
        return "\n".join(problems[:5])

    def memory(self) -> dict[str, float]:
        """Return the MiB of each part, as PSS so that shared memory counts once."""
        return {part: self.total(part, proportional_kib) / 1024 for part in PARTS}

    def processor(self) -> dict[str, float]:
        """Return the seconds of processor time that each part has used."""
        return {part: self.total(part, cpu_seconds) for part in PARTS}

    def wait_until_at_rest(self, seconds: float = 120) -> None:
        """Wait until the requests of clients that gave up are finished."""
        until = time.monotonic() + seconds
        busy = True
        while busy and time.monotonic() < until:
            before = self.processor()["web"]
            time.sleep(0.5)
            busy = self.processor()["web"] - before > 0.5 * AT_REST

    def total(self, part: str, measure) -> float:
        first = int((self.data / "run" / f"{part}.pid").read_text().split()[0])
        return sum(measure(pid) for pid in family(first))


def family(first: int) -> list[int]:
    """Return the process and its children. (PostgreSQL's children leave its process group.)"""
    found = [first]
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        if int(fields[1]) == first:
            found.append(int(file.parent.name))
    return found


@contextmanager
def services(keep: str = ""):
    """Run only PostgreSQL and Redis, as durable as in `make run`, with migrations; yield the
    settings. No sweeps run that could do the measured work.

    keep: the name of a directory below .data/ that stays, with its data, for the next time.
    """
    from dev.services import Services

    for name in NOT_OURS:
        os.environ.pop(name, None)
    data = ROOT / ".data" / (keep or f"bench-{os.getpid()}")
    (data / "run").mkdir(mode=0o711, parents=True, exist_ok=True)
    stores = Services(data, data / "run")
    try:
        stores.start()
        settings = {**stores.addresses, "LOCAL": "1", "DEMO": "0", "DATA_DIR": str(data)}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(migrate, cwd=ROOT, env=os.environ | settings, check=True)
        yield settings
    finally:
        stores.stop()
        if not keep:
            shutil.rmtree(data, ignore_errors=True)


def proportional_kib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it has ended meanwhile
    return next((float(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def cpu_seconds(pid: int) -> float:
    """Return the seconds used, including children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15])) / TICKS
