"""Measure how fast a message is stored and seen, with everyone connected, and what it costs.

    .venv/bin/python -m bench.load [--quick] [--profile] [--save]

Starts its own MessageHub (as `make run`), connects visitors and agents, lets visitors write at
fixed rates and then as fast as possible, while agents are available, at capacity, and offline, and
measures the machine's bare limits alongside. Prints tables; with --save they are appended to
bench/RESULTS.md.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator

from bench import bare, cost, people, report
from bench.agents import Agents
from bench.figures import add_output_options, publish
from bench.stack import Stack, free_port, say
from bench.steps import Steps
from bench.visitors import Visitors
from bench.worker import Worker


def main() -> None:
    arguments = parse()
    for ending in (signal.SIGTERM, signal.SIGALRM):  # exit normally, which stops all processes
        signal.signal(ending, lambda number, _: sys.exit(f"stopped by signal {number}"))
    signal.alarm(int(1200 + 20 * arguments.seconds * len(arguments.rates)))  # a limit for hangs
    neighbours = os.getloadavg()[0]
    say("Starting MessageHub ...")
    with Stack(free_port()) as stack:
        people.connect_django(stack.settings)
        lines = report.head(arguments, neighbours, bare.fsync_seconds(stack.data), versions())
        found, figures = measure(stack, arguments)
        lines += found
        if words := stack.warnings():
            lines += ["It complained:", "", words, ""]
    publish("\n".join(lines), figures, arguments)


def measure(stack: Stack, arguments) -> tuple[list[str], dict]:
    memory = {"idle": stack.memory()}
    cast = people.make_people(arguments.agents)
    people.settle()
    workers = [
        visitors_of(stack, cast, arguments, arguments.visitors),
        Worker(Agents, port=stack.port, agents=cast["agents"]),
    ]
    steps = Steps(stack, *workers, arguments)
    try:
        lines = [arrivals(steps, arguments), ""]
        memory["all connected, idle"] = stack.memory()
        online(steps, arguments)
        memory["after the load"] = stack.memory()
        # Measure while the agents are online, because an unassigned message takes a different path.
        one_message = cost.report(cast["key"], arguments)
        lost = sum(worker.do("lost_streams") for worker in workers)
        lines += [*queued(steps, cast, arguments), ""]
    finally:
        for worker in {*workers, steps.visitors}:
            worker.stop()
    lines += report.steps_table(steps.results)
    lines += [f"Streams that were lost meanwhile: {lost}.", ""] if lost else []
    lines += report.bare_table(bare_limits(stack, cast, arguments))
    lines += report.memory_table(memory)
    return lines + one_message, report.load_figures(steps, memory)


def visitors_of(stack: Stack, cast: dict, arguments, count: int, first: int = 0) -> Worker:
    options = {"count": count, "first": first, "warm_up": arguments.warm_up}
    return Worker(Visitors, ports=stack.ports, keys=[cast["key"]], **options)


def arrivals(steps: Steps, arguments) -> str:
    say("Agents and visitors arrive ...")
    steps.agents.do("arrive")
    seconds, milliseconds = steps.arrive("first_message")
    steps.visitors.do("watch")
    steps.agents.do("watch", people.conversations_of_agents())
    return (
        f"{arguments.visitors:,} visitors wrote a first message, which was routed, eight at a "
        f"time: {arguments.visitors / seconds:.0f} a second, {milliseconds:.1f} ms of a core each."
    )


def online(steps: Steps, arguments) -> None:
    """Write at the rates, as fast as possible, and a little slower than that."""
    steps.without_messages()
    for rate in arguments.rates:
        say(f"{rate:g} messages a second ...")
        steps.at_rate(f"{rate:g}", rate)
    for senders in arguments.senders:
        say(f"As many as {senders} senders can ...")
        steps.at_saturation.append(steps.at_most(f"most, {senders} senders", senders))
    rate = round(0.8 * max(step["acknowledged"] for step in steps.at_saturation))
    say(f"80 % of that: {rate} a second ...")
    steps.at_rate(f"{rate}, 80 % of it", rate, key="80 %")


def queued(steps: Steps, cast: dict, arguments) -> Iterator[str]:
    """Let other visitors write, whose conversations stay in the queue."""
    count = arguments.visitors * 4 // 5
    states = (("at capacity", people.fill_up), ("offline", people.go_offline))
    for turn, (state, become) in enumerate(states, start=1):
        say(f"While everyone is {state} ...")
        if state == "offline":
            steps.agents.do("leave")
            steps.has_screens = False
        become()
        steps.visitors.stop()
        steps.visitors = visitors_of(steps.stack, cast, arguments, count, first=turn * 100_000)
        _seconds, each = steps.arrive(f"first_message_{state}")
        yield f"{count} more wrote first while everyone was {state}: {each:.1f} ms of a core each."
        steps.visitors.do("watch")
        people.require_queued(turn * count)
        steps.at_rate(f"{arguments.queue_rate:g}, {state}", arguments.queue_rate, key=state)
        steps.at_most(f"most, {arguments.senders[0]} senders, {state}", arguments.senders[0])


def bare_limits(stack: Stack, cast: dict, arguments) -> dict:
    say("The bare limit of this machine ...")
    database = bare.Database(stack.settings, cast["inbox"], arguments.visitors)
    port = free_port()
    relay = Worker(bare.Relay, port=port, redis_url=stack.settings["REDIS_URL"])
    try:
        with bare.RelayServer(port, stack.settings):
            relay.do("arrive", arguments.agents)
            seconds = arguments.bare_seconds
            rates = {}
            for rate in arguments.rates[1::2] or arguments.rates:
                rates[rate] = {
                    "transaction": database.at_rate(rate, seconds),
                    "one": relay.do("at_rate", "one", rate, seconds),
                    "all": relay.do("at_rate", "all", rate, seconds),
                }
    finally:
        relay.stop()
    most = {clients: database.at_most(seconds, clients) for clients in (1, 8, 32)}
    return {"rates": rates, "most": most}


def versions() -> str:
    from django.db import connection

    from messagehub.lib import redis

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    return f"PostgreSQL {postgres}, Redis {redis.client().info('server')['redis_version']}"


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--rates", type=float, nargs="+", default=[20, 50, 100, 200, 400])
    parser.add_argument("--seconds", type=float, default=15, help="length of a step")
    parser.add_argument("--warm-up", type=float, default=3, help="seconds before each step")
    parser.add_argument("--queue-rate", type=float, default=50, help="while no one is available")
    parser.add_argument("--bare-seconds", type=float, default=5, help="of each bare limit")
    parser.add_argument("--count", type=int, default=500, help="messages in one process")
    parser.add_argument("--senders", type=int, nargs="+", default=[8, 32], help="at saturation")
    parser.add_argument("--profile", action="store_true", help="also where the time goes")
    add_output_options(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        # Fewer visitors would write more each than anyone may.
        arguments.visitors, arguments.agents, arguments.senders = 150, 4, [4]
        arguments.rates, arguments.seconds, arguments.warm_up = [20.0, 100.0], 1.0, 0.5
        arguments.bare_seconds, arguments.count, arguments.queue_rate = 1.0, 20, 20.0
    return arguments


if __name__ == "__main__":
    main()
