"""Format figures as Markdown tables."""

import math
import os
import platform
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from bench.stack import ROOT

RESULTS = Path(__file__).with_name("RESULTS.md")


def head(arguments, neighbours: float, fsync: float, versions: str) -> list[str]:
    return [
        *title("Load", neighbours),
        f"{versions}; fdatasync of 8 KiB {fsync * 1000:.2f} ms. "
        f"{arguments.visitors:,} visitors and {arguments.agents} agents connected, one inbox; "
        f"{arguments.seconds:g} s a step; load made on the same machine.",
        "",
    ]


def title(name: str, neighbours: float) -> list[str]:
    """Return what was measured, when, at which commit, and on which machine."""
    git = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    git = ["git", "-C", str(ROOT), "status", "--porcelain"]
    changed = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    return [
        f"## {name}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit or 'none yet'}"
        + (" with changes" if commit and changed else ""),
        "",
        f"{machine()}; load {neighbours:.1f} before the start.",
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


def step_figures(log: dict, on_screen: dict | None, seconds: float, used: dict) -> dict:
    """Summarise one step from the visitors' log and the agents' screens. Times in seconds.

    on_screen: None while no screen is open.
    """
    stored = {number: e for number, e in log.items() if e["status"] in (200, 201)}
    end = min((e["due"] for e in log.values()), default=0) + seconds
    wrong = Counter(error_name(e["status"]) for e in log.values() if e["status"] not in (200, 201))
    wrong["not seen by the agent"] = 0 if on_screen is None else len(stored) - len(on_screen)
    wrong["no echo"] = sum(e["seen"] is None for e in stored.values())
    acknowledged = sum(e["answered"] <= end for e in stored.values()) / seconds
    ours = sum(share for part, share in used.items() if part != "load")
    return {
        "acknowledged": acknowledged,
        "milliseconds": ours / acknowledged * 1000 if acknowledged else None,
        "post": [e["answered"] - e["due"] for e in stored.values()],
        "seen": [moment - log[number]["due"] for number, moment in (on_screen or {}).items()],
        "echo": [e["seen"] - e["due"] for e in stored.values() if e["seen"]],
        "late": [e["sent"] - e["due"] for e in log.values()],
        "errors": +wrong,
        "used": used,
        "count": len(log),
    }


def error_name(status: int) -> str:
    return {0: "no answer", -1: "connection lost"}.get(status, str(status))


def steps_table(steps: dict[str, dict]) -> list[str]:
    parts = [part for part in next(iter(steps.values()))["used"] if part != "load"]
    lines = [
        "| messages/s | stored/s | ms of a core each | POST p50 / p99 | send → seen p50 / p99"
        f" | own echo p50 / p99 | errors | {' | '.join(parts)} | load | sender late p99 |",
        f"| ---: | ---: | ---: | ---: | ---: | ---: | --- |{' ---: |' * (len(parts) + 2)}",
    ]
    for name, step in steps.items():
        errors = ", ".join(f"{count} {what}" for what, count in step["errors"].items())
        each = step["milliseconds"]
        shares = " | ".join(f"{step['used'].get(part, 0):.0%}" for part in [*parts, "load"])
        lines.append(
            f"| {name} | {step['acknowledged']:.1f} | {f'{each:.1f}' if each else '–'} "
            f"| {both(step['post'])} | {both(step['seen'])} "
            f"| {both(step['echo'])} | {errors or 'none'} | {shares} "
            f"| {percentile(step['late'], 0.99)} |"
        )
    explanation = (
        "Times in ms; the parts in shares of one core. A message's ms are those of all parts, with "
        "what they do without messages (the first line). *load* is what writing and watching took "
        "from the same machine."
    )
    return [*lines, "", explanation, ""]


def load_figures(steps, memory: dict[str, dict]) -> dict[str, float]:
    """Return the figures of bench/figures.py that the load measured."""
    most = max(steps.at_saturation, key=lambda step: step["acknowledged"])
    limit = 0.8 * most["acknowledged"]
    slower = [
        step
        for name, step in steps.by_key.items()
        if name == "80 %" or (name.isdigit() and int(name) <= limit)
    ]
    figures = {
        "stored": most["acknowledged"],
        "ms_at_most": most["milliseconds"],
        "refused": sum(step["count"] - len(step["post"]) for step in slower),
        "first_message": steps.first_message["first_message"],
        "memory_idle": sum(memory["idle"].values()),
        "memory_connected": sum(memory["all connected, idle"].values()),
    }
    for key, name in (
        ("100", "ms_at_100"),
        ("offline", "ms_offline"),
        ("at capacity", "ms_at_capacity"),
    ):
        if step := steps.by_key.get(key):
            figures[name] = step["milliseconds"]
    for rate in ("20", "100"):
        if (step := steps.by_key.get(rate)) and step["seen"]:
            figures[f"seen_{rate}_p50"] = quantile(step["seen"], 0.5) * 1000
            figures[f"seen_{rate}_p99"] = quantile(step["seen"], 0.99) * 1000
    return figures


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
    parts = list(next(iter(memory.values())))
    lines = [
        f"| memory (PSS, MiB) | {' | '.join(parts)} | all |",
        f"| --- |{' ---: |' * (len(parts) + 1)}",
    ]
    for moment, found in memory.items():
        cells = [f"{found[part]:.0f}" for part in parts] + [f"{sum(found.values()):.0f}"]
        lines.append(f"| {moment} | {' | '.join(cells)} |")
    return [*lines, ""]


def both(values: list[float]) -> str:
    return f"{percentile(values, 0.5)} / {percentile(values, 0.99)}"


def percentile(values: list[float], part: float) -> str:
    if not values:
        return "–"
    milliseconds = quantile(values, part) * 1000
    return f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:,.0f}"


def quantile(values: list[float], part: float) -> float:
    """Return the value that this part of the values doesn't exceed: the 19th of 20 for 0.95."""
    return sorted(values)[max(0, math.ceil(len(values) * part) - 1)]


def save(text: str) -> None:
    with RESULTS.open("a") as file:
        file.write(f"\n{text.rstrip()}\n")
