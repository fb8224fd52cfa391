"""Measure how a message's cost and the throughput grow with agents, conversations and workspaces.

    .venv/bin/python -m bench.growth [--quick] [--save]

Each cell changes one thing: the agents whose screens get every message, the conversations that the
workspace had before, or the workspaces among which visitors and agents are divided; with one web
process and with two. With --save, it also draws bench/growth.svg.
"""

import argparse
import os
from contextlib import contextmanager
from pathlib import Path

from bench import people, report
from bench.agents import Agents
from bench.figures import add_output_options, publish
from bench.history import fill_once
from bench.plot import draw
from bench.stack import ROOT, Stack, free_port, say, services
from bench.steps import Steps
from bench.visitors import Visitors
from bench.worker import Worker

PLOT = Path(__file__).with_name("growth.svg")
UNSAVED_PLOT = ROOT / ".data" / "growth.svg"
AGENTS = 50


class Growth:
    def __init__(self, arguments):
        self.arguments = arguments
        self.cells: dict[tuple[str, int, int], dict] = {}  # by thing, size and processes
        self.count = 0

    def measure_all(self) -> None:
        sizes = self.arguments
        for processes in self.arguments.processes:
            with self.running(processes):
                for agents in sizes.agents:
                    self.measure("agents", agents, processes, [self.new_people(agents)])
                for workspaces in sizes.workspaces:
                    agents = max(1, AGENTS // workspaces)
                    casts = [self.new_people(agents) for _ in range(workspaces)]
                    self.measure("workspaces", workspaces, processes, casts)
        for conversations in sizes.conversations:
            slug = f"history-{conversations}"
            self.fill(conversations, slug)
            for processes in self.arguments.processes:
                with self.running(processes):
                    cast = people.make_people(AGENTS, slug, prefix=f"agent-{processes}-")
                    self.measure("conversations", conversations, processes, [cast])

    def fill(self, conversations: int, slug: str) -> None:
        """Fill the database while no part of MessageHub uses it."""
        with services(keep=self.stack.data.name) as settings:
            people.connect_django(settings)
            people.forget_connections()
            fill_once(conversations, 10 * conversations, slug)

    @contextmanager
    def running(self, processes: int):
        """Run MessageHub with this many web processes, on the same data as before."""
        self.stack.more_web = processes - 1
        with self.stack:
            people.connect_django(self.stack.settings)
            people.forget_connections()
            people.settle()
            yield

    def new_people(self, agents: int) -> dict:
        self.count += 1
        return people.make_people(agents, f"bench-{self.count}")

    def measure(self, thing: str, size: int, processes: int, casts: list[dict]) -> None:
        say(f"{size:,} {thing}, {processes} web processes ...")
        arguments = self.arguments
        agents = [agent for cast in casts for agent in cast["agents"]]
        keys = [cast["key"] for cast in casts]
        options = {"count": max(arguments.visitors, len(keys)), "warm_up": arguments.warm_up}
        workers = [
            Worker(Visitors, ports=self.stack.ports, keys=keys, **options),
            Worker(Agents, port=self.stack.port, agents=agents),
        ]
        steps = Steps(self.stack, *workers, arguments)
        try:
            steps.agents.do("arrive")
            steps.arrive("first_message")
            steps.visitors.do("watch")
            steps.agents.do("watch", people.conversations_of_agents())
            steps.at_most("most", arguments.senders)
        finally:
            for worker in workers:
                worker.stop()
        self.cells[thing, size, processes] = steps.results["most"]

    def __enter__(self):
        self.stack = Stack(free_port(), again=True)
        return self

    def __exit__(self, *error):
        self.stack.forget()


def table(cells: dict) -> list[str]:
    lines = [
        "| | web processes | stored/s | ms of a core each | send → seen p50 / p99 | errors |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for (thing, size, processes), step in sorted(cells.items()):
        errors = ", ".join(f"{count} {what}" for what, count in step["errors"].items())
        lines.append(
            f"| {size:,} {thing} | {processes} | {step['acknowledged']:.0f} "
            f"| {step['milliseconds'] or 0:.1f} | {report.both(step['seen'])} "
            f"| {errors or 'none'} |"
        )
    return [*lines, ""]


def main() -> None:
    arguments = parse()
    neighbours = os.getloadavg()[0]
    with Growth(arguments) as growth:
        growth.measure_all()
    plot = PLOT if arguments.save else UNSAVED_PLOT
    plot.write_text(draw(growth.cells))
    explanation = (
        f"{arguments.senders} senders without a pause, {arguments.seconds:g} s a cell; "
        f"{AGENTS} agents where nothing else is said. Drawn in {plot.relative_to(ROOT)}."
    )
    lines = [*report.title("Growth", neighbours), explanation, "", *table(growth.cells)]
    publish("\n".join(lines), {}, arguments)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--agents", type=int, nargs="+", default=[1, 10, 50, 200])
    parser.add_argument("--workspaces", type=int, nargs="+", default=[1, 10, 100])
    sizes = [10_000, 100_000, 1_000_000]
    parser.add_argument("--conversations", type=int, nargs="+", default=sizes)
    parser.add_argument("--seconds", type=float, default=6, help="of a cell")
    parser.add_argument("--senders", type=int, default=16)
    add_output_options(parser)
    arguments = parser.parse_args()
    # Fewer visitors would write more each than anyone may.
    arguments.visitors, arguments.warm_up = 500, 1.0
    arguments.processes = [1, 2]
    if arguments.quick:
        arguments.agents, arguments.workspaces, arguments.conversations = [4], [2], [1000]
        arguments.seconds, arguments.visitors, arguments.processes = 1.0, 200, [2]
    return arguments


if __name__ == "__main__":
    main()
