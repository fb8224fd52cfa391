"""Format figures as Markdown tables."""

import os
import platform
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.stack import PARTS, ROOT

RESULTS = Path(__file__).with_name("RESULTS.md")


def head(arguments, neighbours: float, fsync: float, versions: str) -> list[str]:
    git = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    git = ["git", "-C", str(ROOT), "status", "--porcelain"]
    changed = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return [
        f"## Load, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'none yet'}"
        + (" with changes" if commit and changed else ""),
        "",
        f"{machine()}, load {neighbours:.1f} before the start; {versions}; "
        f"fdatasync of 8 KiB {fsync * 1000:.2f} ms. "
        f"{arguments.visitors:,} visitors and {arguments.agents} agents connected, one inbox; "
        f"{arguments.seconds:g} s a step; load made on the same machine.",
        "",
    ]


def machine() -> str:
    model = ""
    if os.path.exists("/proc/cpuinfo"):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model or platform.machine()}), {memory:.0f} GiB, "
        f"Python {platform.python_version()}"
    )


def step_figures(log: dict, on_screen: dict, seconds: float, used: dict) -> dict:
    """Summarise one step from the visitors' log and the agents' screens. Times in seconds."""
    stored = {number: e for number, e in log.items() if e["status"] in (200, 201)}
    end = max((e["due"] for e in log.values()), default=0)
    wrong = Counter(error_name(e["status"]) for e in log.values() if e["status"] not in (200, 201))
    wrong["not seen by the agent"] = len(stored) - len(on_screen)
    wrong["no echo"] = sum(e["seen"] is None for e in stored.values())
    return {
        "acknowledged": sum(e["answered"] <= end for e in stored.values()) / seconds,
        "post": [e["answered"] - e["due"] for e in stored.values()],
        "seen": [moment - log[number]["due"] for number, moment in on_screen.items()],
        "echo": [e["seen"] - e["due"] for e in stored.values() if e["seen"]],
        "late": [e["sent"] - e["due"] for e in log.values()],
        "errors": +wrong,
        "used": used,
        "count": len(log),
    }


def error_name(status: int) -> str:
    return {0: "no answer", -1: "connection lost"}.get(status, str(status))


def steps_table(steps: dict[str, dict]) -> list[str]:
    lines = [
        "| messages/s | acknowledged/s | POST p50 / p99 | send → seen p50 / p99"
        " | own echo p50 / p99 | errors | sender late p99 | web | PostgreSQL | Redis |",
        "| ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    for name, step in steps.items():
        errors = ", ".join(f"{count} {what}" for what, count in step["errors"].items())
        used = step["used"]
        lines.append(
            f"| {name} | {step['acknowledged']:.1f} | {both(step['post'])} | {both(step['seen'])} "
            f"| {both(step['echo'])} | {errors or 'none'} | {percentile(step['late'], 0.99)} "
            f"| {used['web']:.0%} | {used['postgres']:.0%} | {used['redis']:.0%} |"
        )
    return [*lines, "", "Times in ms; web, PostgreSQL, Redis in shares of one core.", ""]


def bare_table(bare: dict) -> list[str]:
    lines = [
        "| bare limit, messages/s | transaction p50 / p99 | relay to one p50 / p99"
        " | relay to every agent p50 / p99 |",
        "| ---: | ---: | ---: | ---: |",
    ]
    for rate, row in bare["rates"].items():
        cells = [both(row[name]) for name in ("transaction", "one", "all")]
        lines.append(f"| {rate:g} | {' | '.join(cells)} |")
    most = ", ".join(f"{tps:,.0f} with {n} clients" for n, tps in bare["most"].items())
    return [*lines, "", f"Transactions a second at most: {most}.", ""]


def memory_table(memory: dict[str, dict]) -> list[str]:
    lines = [
        f"| memory (PSS, MiB) | {' | '.join(PARTS)} | all |",
        f"| --- | {' | '.join(['---:'] * (len(PARTS) + 1))} |",
    ]
    for moment, parts in memory.items():
        cells = [f"{parts[part]:.0f}" for part in PARTS] + [f"{sum(parts.values()):.0f}"]
        lines.append(f"| {moment} | {' | '.join(cells)} |")
    return [*lines, ""]


def both(values: list[float]) -> str:
    return f"{percentile(values, 0.5)} / {percentile(values, 0.99)}"


def percentile(values: list[float], part: float) -> str:
    if not values:
        return "–"
    milliseconds = sorted(values)[min(len(values) - 1, int(len(values) * part))] * 1000
    return f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:,.0f}"


def save(text: str) -> None:
    with RESULTS.open("a") as file:
        file.write(f"\n{text.rstrip()}\n")
