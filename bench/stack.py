"""Start what is measured: `make run` with its own temporary data directory."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 300  # seconds; the first start installs packages
AT_REST = 0.3  # of a core
TICKS = os.sysconf("SC_CLK_TCK")
# Settings for the developer's own MessageHub must not affect the measurement.
# All visitors come from this machine, and to one inbox.
NO_LIMITS = {"VISITORS_PER_ADDRESS": "0", "VISITORS_PER_INBOX": "0"}
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "SITE_URL", "SECRET_KEY", "DEBUG", "BEHIND_PROXY")


class Stack:
    """Starts on entering, stops on leaving, and is then deleted, unless it is to be restarted.

    more_web: processes for pages besides that of `make run`, which also has the streams.
    """

    def __init__(self, port: int, *, again: bool = False):
        self.port, self.again = port, again
        self.data = ROOT / ".data" / f"bench-{os.getpid()}"
        self.more_web = 0
        self.more: dict[int, subprocess.Popen] = {}  # by port

    def __enter__(self):
        self.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        environment |= {
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "DEMO": "0",
            "RELOAD": "0",
        }
        environment |= NO_LIMITS
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
            for _ in range(self.more_web):
                self.start_web(free_port())
        except BaseException:
            self.__exit__()
            raise
        return self

    def start_web(self, port: int) -> None:
        """Start one more process for pages, and wait until it answers."""
        command = [sys.executable, "-m", "uvicorn", "messagehub.asgi:pages", f"--port={port}"]
        command += ["--no-proxy-headers", "--no-access-log", "--log-level=warning"]
        environment = os.environ | self.settings | NO_LIMITS
        output = {"stdout": self.log, "stderr": subprocess.STDOUT}
        self.more[port] = subprocess.Popen(command, cwd=ROOT, env=environment, **output)
        until = time.monotonic() + PATIENCE
        while not answers(port, "/healthz"):
            if self.more[port].poll() is not None or time.monotonic() > until:
                sys.exit("One more process for pages did not start.")
            time.sleep(0.1)

    @property
    def ports(self) -> list[int]:
        return [self.port, *self.more]

    def __exit__(self, *error):
        while self.more:
            _port, process = self.more.popitem()
            process.terminate()
            process.wait(15)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()
        if not self.again:
            self.forget()

    def forget(self) -> None:
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
        return {part: kib / 1024 for part, kib in self.total(proportional_kib).items()}

    def processor(self) -> dict[str, float]:
        """Return the seconds of processor time that each part has used."""
        return self.total(cpu_seconds)

    def wait_until_at_rest(self, seconds: float = 30) -> None:
        """Wait until the requests and tasks of earlier messages are finished."""
        until = time.monotonic() + seconds
        busy = True
        while busy and time.monotonic() < until:
            before = self.processor()
            time.sleep(0.5)
            used = sum(self.processor().values()) - sum(before.values())
            busy = used > 0.5 * AT_REST

    def total(self, measure) -> dict[str, float]:
        """Measure all processes of the run. Those named web1, web2 and so on are the part "web"."""
        return {part: sum(map(measure, self.processes(part))) for part in self.parts()}

    def parts(self) -> list[str]:
        return sorted({part_of(file) for file in self.records()})

    def processes(self, part: str) -> list[int]:
        records = (file.read_text().split() for file in self.records() if part_of(file) == part)
        first = [int(record[0]) for record in records if record]
        first += [process.pid for process in self.more.values() if part == "web"]
        return [pid for each in first for pid in family(each)]

    def records(self):
        return (self.data / "run").glob("*.pid")


def part_of(record: Path) -> str:
    return re.match("[a-z]*", record.stem)[0]


def family(first: int) -> list[int]:
    """Return the process and all below it. (PostgreSQL's children leave its process group.)"""
    children: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        children.setdefault(int(fields[1]), []).append(int(file.parent.name))
    found = [first]
    for pid in found:
        found += children.get(pid, [])
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


def answers(port: int, path: str = "/") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
