"""The figures that MessageHub must reach, and how the benchmarks hand theirs to `make bench`."""

import json
from pathlib import Path
from typing import NamedTuple

from bench import report


class Target(NamedTuple):
    """`bound` is the most a figure may be, or with at_least the least."""

    key: str
    what: str
    bound: float
    unit: str = ""
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:,g} {self.unit}".rstrip()


TARGETS = [
    Target("ms_at_100", "processor a follow-up message at 100/s, 50 screens", 4, "ms"),
    Target("ms_at_most", "the same at saturation", 4, "ms"),
    Target("ms_offline", "the same while no agent is online", 5, "ms"),
    Target("ms_at_capacity", "the same while everyone is at capacity", 5, "ms"),
    Target("stored", "messages stored a second at saturation", 400, at_least=True),
    Target("refused", "messages refused up to 80 % of saturation", 0),
    Target("seen_20_p50", "send → seen at 20/s, p50", 5, "ms"),
    Target("seen_20_p99", "send → seen at 20/s, p99", 15, "ms"),
    Target("seen_100_p50", "send → seen at 100/s, p50", 8, "ms"),
    Target("seen_100_p99", "send → seen at 100/s, p99", 30, "ms"),
    Target("first_message", "processor a visitor's first message, routed", 7, "ms"),
    Target("decisions_one", "decisions a second, one inbox", 150, at_least=True),
    Target("decisions_many", "decisions a second, 20 inboxes", 300, at_least=True),
    Target("unfair", "inboxes where agents got more than one apart", 0),
    Target("list_p95", "the slowest list, p95 in the server", 30, "ms"),
    Target("list_queries", "the most queries of a list", 10),
    Target("open_p50", "opening a conversation of 1,000 messages, p50", 20, "ms"),
    Target("open_kb", "the same, gzipped", 30, "KB"),
    Target("open_longest_p95", "opening one of 10,000 entries, p95", 30, "ms"),
    Target("desk_cpu", "processor of the desk", 20, "ms"),
    Target("counts_cpu", "processor of the counts", 2, "ms"),
    Target("report_p95", "the slowest page of the reports, 90 days, p95", 500, "ms"),
    Target("search_p95", "the slowest search in 10 M messages, p95", 100, "ms"),
    Target("contact_search_p95", "the slowest search of 100,000 contacts, p95", 100, "ms"),
    Target("memory_idle", "memory, idle", 230, "MiB"),
    Target("memory_connected", "memory, everyone connected", 310, "MiB"),
    Target("start", "second start until a page answers", 1.5, "s"),
]


def add_output_options(parser) -> None:
    parser.add_argument("--quick", action="store_true", help="small and short: does it still run?")
    parser.add_argument("--save", action="store_true", help="append to bench/RESULTS.md")
    parser.add_argument("--figures", type=Path, help="write the figures to this file, as JSON")


def publish(text: str, figures: dict[str, float], arguments) -> None:
    """Print the tables and store what the options ask for."""
    print(text)
    if arguments.save:
        report.save(text)
    if arguments.figures:
        arguments.figures.write_text(json.dumps(figures))


def compare(figures: dict[str, float]) -> list[str]:
    """Format all figures beside their targets."""
    lines = ["| what | now | must | |", "| --- | ---: | ---: | --- |"]
    for target in TARGETS:
        value = figures.get(target.key)
        if value is None:
            cells = ("not measured", str(target), "")
        else:
            now = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
            is_met = "met" if target.is_met(value) else "**not met**"
            cells = (f"{now} {target.unit}".rstrip(), str(target), is_met)
        lines.append(f"| {target.what} | {' | '.join(cells)} |")
    return lines
