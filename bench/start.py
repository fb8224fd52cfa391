"""Measure how long `make run` takes until a page answers: the first start, and the next ones.

    .venv/bin/python -m bench.start [--times 3] [--save]

With a data directory and a port of its own, which are removed at the end. Asks for a page every
20 ms, and notes when each part was started. (The first start here finds its packages installed.)
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench import report
from bench.figures import add_output_options, publish
from bench.stack import NOT_OURS, PATIENCE, ROOT, answers, free_port, say

POLL_SECONDS = 0.02
PAGE, READY = "a page answers", "all parts answer"


def main() -> None:
    arguments = parse()
    neighbours = os.getloadavg()[0]
    data = ROOT / ".data" / f"bench-{os.getpid()}"
    starts = {}
    try:
        for number in range(1 + arguments.times):
            name = f"start {number + 1}"
            say(f"{name} ...")
            starts[name] = measure(data)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    later = [phases[PAGE] for phases in list(starts.values())[1:]]
    lines = [*report.title("Start", neighbours), *table(starts)]
    lines += [f"Median of the later starts until {PAGE}: {statistics.median(later):.2f} s.", ""]
    publish("\n".join(lines), {"start": statistics.median(later)}, arguments)


def measure(data: Path) -> dict[str, float]:
    """Start MessageHub, wait until everything answers, and stop it. Return seconds by phase."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment |= {"DATA_DIR": str(data), "PORT": str(port)}
    began = time.monotonic()
    process = subprocess.Popen(
        ["make", "run"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # to stop make together with what it runs
    )
    try:
        return wait_for_phases(process, data / "run", port, began)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def wait_for_phases(process, run: Path, port: int, began: float) -> dict[str, float]:
    phases: dict[str, float] = {}
    leftovers = {file.name for file in run.glob("*.pid")}
    stale = {name: (run / name).read_text() for name in leftovers}
    while READY not in phases:
        now = time.monotonic() - began
        if process.poll() is not None or now > PATIENCE:
            sys.exit("MessageHub did not start: try `make run`.")
        for file in run.glob("*.pid"):
            if file.stem not in phases and file.read_text() != stale.get(file.name):
                phases[file.stem] = now
        if PAGE not in phases and answers(port):
            phases[PAGE] = time.monotonic() - began
        if (run / "settings.json").exists() and PAGE in phases:
            phases[READY] = now
        time.sleep(POLL_SECONDS)
    return phases


def table(starts: dict[str, dict[str, float]]) -> list[str]:
    names = sorted({name for phases in starts.values() for name in phases}, key=last_time(starts))
    lines = [f"| seconds until | {' | '.join(starts)} |", f"| --- |{' ---: |' * len(starts)}"]
    for name in names:
        cells = [f"{phases[name]:.2f}" if name in phases else "–" for phases in starts.values()]
        what = name if name in (PAGE, READY) else f"{name} is started"
        lines.append(f"| {what} | {' | '.join(cells)} |")
    return [*lines, ""]


def last_time(starts: dict[str, dict[str, float]]):
    last = list(starts.values())[-1]
    return lambda name: last.get(name, 0)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=3, help="starts after the first")
    add_output_options(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.times = 1
    return arguments


if __name__ == "__main__":
    main()
