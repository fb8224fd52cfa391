"""The steps of a load: visitors write for some seconds, while the processors' work is counted."""

import time

from bench import report
from bench.stack import Stack, cpu_seconds
from bench.visitors import STORED
from bench.worker import Worker

IDLE_SECONDS = 5


class Steps:
    def __init__(self, stack: Stack, visitors: Worker, agents: Worker, arguments):
        self.stack, self.visitors, self.agents = stack, visitors, agents
        self.seconds, self.warm_up = arguments.seconds, arguments.warm_up
        self.results: dict[str, dict] = {}
        self.by_key: dict[str, dict] = {}
        self.first_message: dict[str, float] = {}  # milliseconds of a core
        self.at_saturation: list[dict] = []  # while agents are available
        self.has_screens = True

    def arrive(self, key: str) -> tuple[float, float]:
        """Let the visitors write first messages. Return the seconds, and milliseconds of each."""
        self.visitors.do("prepare")
        before = self.stack.processor()
        seconds, count = self.visitors.do("arrive")
        used = difference(self.stack.processor(), before)
        milliseconds = sum(used.values()) / count * 1000
        self.first_message[key] = milliseconds
        return seconds, milliseconds

    def without_messages(self) -> None:
        """Measure what everyone's connections and the sweeps cost without a message."""
        self.stack.wait_until_at_rest()
        used = self.measure(min(IDLE_SECONDS, 2 * self.seconds))
        self.results["none"] = report.step_figures({}, {}, self.seconds, used)

    def at_rate(self, name: str, rate: float, key: str = "") -> None:
        self.take(name, key, "write", rate)

    def at_most(self, name: str, senders: int) -> dict:
        return self.take(name, "", "write_at_most", senders)

    def take(self, name: str, key: str, verb: str, how: float) -> dict:
        self.stack.wait_until_at_rest()
        self.visitors.start(verb, how, self.seconds)
        time.sleep(self.warm_up)
        used = self.measure(self.seconds)
        log = self.visitors.result()
        stored = [number for number, entry in log.items() if entry["status"] in STORED]
        on_screen = self.agents.do("take_seen", stored) if self.has_screens else None
        found = report.step_figures(log, on_screen, self.seconds, used)
        self.results[name] = self.by_key[key or name] = found
        return found

    def measure(self, seconds: float) -> dict[str, float]:
        """Return the share of one core that each part uses, and "load", our own."""
        before, began = self.used(), time.perf_counter()
        time.sleep(seconds)
        used = difference(self.used(), before)
        took = time.perf_counter() - began
        return {part: share / took for part, share in used.items()}

    def used(self) -> dict[str, float]:
        makers = (self.visitors.process.pid, self.agents.process.pid)
        return {**self.stack.processor(), "load": sum(map(cpu_seconds, makers))}


def difference(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    return {part: after[part] - before.get(part, 0) for part in after}
