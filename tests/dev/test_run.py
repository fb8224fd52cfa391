"""`make run` itself, beside other processes of this checkout."""

import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from dev import process_table, steps
from dev.checkout import ROOT
from tests.processes import PATIENCE, free_port, until

PARTS = {"postgres", "redis", "web", "worker"}


class MessageHub:
    def __init__(self, data):
        self.data = data
        self.port = free_port()
        self.output = data.with_suffix(".out")
        self.process = None

    def start(self):
        clean = {name: value for name, value in os.environ.items() if name not in steps.OURS}
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dev", "run"],
                cwd=ROOT,
                env={**clean, "DATA_DIR": str(self.data), "PORT": str(self.port)},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        began = time.monotonic()
        until(lambda: self.says("is ready") or self.has_ended)
        assert self.says("is ready"), self.output.read_text()
        return time.monotonic() - began

    def says(self, text):
        return text in self.output.read_text()

    @property
    def has_ended(self):
        return self.process.poll() is not None

    @property
    def processes(self):
        found = {}
        for record in (self.data / "run").glob("*.pid"):
            with suppress(FileNotFoundError):  # of a process that is being restarted
                found[record.stem] = int(record.read_text().split()[0])
        return found

    def kill(self, name):
        os.kill(self.processes[name], signal.SIGKILL)

    def watcher(self):
        children = psutil.Process(self.process.pid).children()
        [found] = [
            each for each in children if any("watcher.py" in part for part in each.cmdline())
        ]
        return found

    def answers(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def stop(self):
        """Ctrl-C. What it needs on a calm machine is a few seconds."""
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.process.wait(PATIENCE) == 0


@pytest.fixture
def hub(tmp_path):
    hub = MessageHub(tmp_path / "data")
    yield hub
    if hub.process and not hub.has_ended:
        hub.stop()


def test_it_starts_survives_recovers_and_stops(hub):
    hub.start()
    assert hub.answers()
    assert hub.says("messagehub-demo")
    assert hub.processes.keys() == PARTS
    key = (hub.data / "secret-key").read_text()

    for name in ("postgres", "redis"):
        hub.kill(name)
        until(lambda: hub.says(f"{name} was killed by signal 9: starting it again"))  # noqa: B023
        until(hub.answers, name)

    old = hub.processes
    hub.kill("worker")
    until(lambda: hub.says("worker was killed by signal 9; its output is above"))
    assert hub.processes["web"] == old["web"]
    (ROOT / "messagehub/urls.py").touch()
    until(lambda: hub.says("messagehub/urls.py changed: restarting"))
    apps = ("web", "worker")
    until(lambda: all(hub.processes.get(app, old[app]) != old[app] for app in apps))
    until(hub.answers)

    watcher = hub.watcher()
    for pid in (hub.process.pid, *hub.processes.values()):
        os.kill(pid, signal.SIGKILL)
    hub.process.wait()
    if sys.platform == "linux":  # elsewhere it ends when it has something to print
        until(lambda: not watcher.is_running(), what="the end of the watcher")
    assert hub.start() < 90  # a loaded machine; the README has the figure of a calm one
    assert hub.answers()
    assert not hub.says("Preparing the database")  # it was all still there
    assert (hub.data / "secret-key").read_text() == key

    processes = hub.processes
    assert processes.keys() == PARTS
    hub.stop()
    left = {name: process_table.group_members(pid) for name, pid in processes.items()}
    assert not any(left.values())
    assert not process_table.working_in(hub.data / "postgres")
