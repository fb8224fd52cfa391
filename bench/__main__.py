"""Measure everything, one after the other, and compare it with what MessageHub must reach.

    make bench [ARGS="--save"]     takes most of an hour; run nothing else on the machine
    make bench ARGS=--quick        small and short: does it all still run?

The tables of each part are printed as it ends; with --save they are appended to bench/RESULTS.md.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench import report
from bench.figures import compare
from bench.stack import ROOT

SMALL_ROUTING = "--members=40 --online=20 --inboxes=4 --decisions=80 --processes 1"


class Part(NamedTuple):
    """minutes: about, on two cores. own_output: it knows --quick, --save and --figures."""

    name: str
    minutes: int
    arguments: str = ""
    quick: str = "--quick"
    own_output: bool = True


PARTS = [
    Part("start", 1),
    Part("load", 9, "--profile"),
    Part("routing", 5, "--processes 1 2", SMALL_ROUTING, own_output=False),
    Part("pages", 15),
    Part("reports", 2),
    Part("search", 8),
    Part("contacts", 4),
    Part("growth", 18),
]
QUICK_MINUTES = 3


def main() -> None:
    arguments = parse()
    minutes = QUICK_MINUTES if arguments.quick else sum(part.minutes for part in PARTS)
    print(f"This takes about {minutes} minutes. Run nothing else meanwhile.", flush=True)
    figures, failed = {}, []
    for part in PARTS:
        print(f"\n# {part.name}: {neighbours()}", flush=True)
        found = run(part, arguments)
        failed += [part.name] if found is None else []
        figures |= found or {}
    lines = [*report.title("All figures", os.getloadavg()[0]), *compare(figures), ""]
    if arguments.quick:
        lines += ["Small and short: these figures only show that everything runs.", ""]
    lines += ["tests/browser/test_budget.py checks the requests and bytes of first loads.", ""]
    text = "\n".join(lines)
    print(f"\n{text}")
    if arguments.save:
        report.save(text)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


def run(part: Part, arguments) -> dict[str, float] | None:
    """Run one part in a process of its own. Return its figures, or None if it failed."""
    command = [sys.executable, "-u", "-m", f"bench.{part.name}"]
    command += (part.quick if arguments.quick else part.arguments).split()
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "figures.json")
        if part.own_output:
            command += [f"--figures={file}", *(["--save"] if arguments.save else [])]
        output = ""
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                output += line
                print(line, end="", flush=True)
        if process.returncode:
            return None
        if part.own_output:
            return json.loads(file.read_text())
    if arguments.save:
        report.save("\n".join([*report.title(part.name.title(), os.getloadavg()[0]), output]))
    return routing_figures(output)


def routing_figures(output: str) -> dict[str, float]:
    """Read the most decisions a second from the rows "| one inbox | processes | decisions/s |"."""
    row = re.compile(r"\| (one inbox|\d+ inboxes) *\| *\d+ *\| *([\d,.]+)")
    figures: dict[str, float] = {}
    for name, rate in row.findall(output):
        key = "decisions_one" if name == "one inbox" else "decisions_many"
        figures[key] = max(figures.get(key, 0), float(rate.replace(",", "")))
    return figures | {"unfair": output.count("NOT FAIR")}


def neighbours() -> str:
    """Say how busy the machine is otherwise. Its load still includes the part before."""
    before = processor_ticks()
    time.sleep(1)
    spent = [now - then for now, then in zip(processor_ticks(), before, strict=True)]
    idle = spent[3] + spent[4]
    return f"load {os.getloadavg()[0]:.1f}, {1 - idle / sum(spent):.0%} of the processors in use"


def processor_ticks() -> list[int]:
    return [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]


def parse():
    parser = argparse.ArgumentParser(
        prog="bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="small and short: does it still run?")
    parser.add_argument("--save", action="store_true", help="append to bench/RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
