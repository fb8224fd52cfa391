"""Measure how fast a message is stored and seen, with everyone connected.

    .venv/bin/python -m bench.load [--quick] [--profile] [--save]

Starts its own MessageHub (as `make run`), connects visitors and agents, lets visitors write at
fixed rates and then as fast as possible, and measures the machine's bare limits alongside.
Prints tables; with --save they are appended to bench/RESULTS.md.
"""

import argparse
import os
import signal
import socket
import sys
import time

from bench import bare, cost, people, report
from bench.agents import Agents
from bench.stack import Stack
from bench.visitors import WARM_UP, Visitors
from bench.worker import Worker


def main() -> None:
    arguments = parse()
    for ending in (signal.SIGTERM, signal.SIGALRM):  # exit normally, which stops all processes
        signal.signal(ending, lambda number, _: sys.exit(f"stopped by signal {number}"))
    signal.alarm(int(900 + 10 * arguments.seconds * len(arguments.rates)))
    neighbours = os.getloadavg()[0]
    say("Starting MessageHub ...")
    with Stack(free_port()) as stack:
        people.connect_django(stack.settings)
        lines = report.head(arguments, neighbours, bare.fsync_seconds(stack.data), versions())
        lines += measure(stack, arguments)
        if words := stack.warnings():
            lines += ["It complained:", "", words, ""]
    text = "\n".join(lines)
    print(text)
    if arguments.save:
        report.save(text)


def measure(stack: Stack, arguments) -> list[str]:
    memory = {"idle": stack.memory()}
    cast = people.make_people(arguments.agents)
    people.settle()
    workers = [
        Worker(Visitors, port=stack.port, key=cast["key"], count=arguments.visitors),
        Worker(Agents, port=stack.port, agents=cast["agents"]),
    ]
    try:
        lines = arrivals(*workers, arguments)
        memory["all connected, idle"] = stack.memory()
        steps = run_steps(stack, *workers, arguments)
        memory["after the load"] = stack.memory()
        lost = sum(worker.do("lost_streams") for worker in workers)
        # Measure while the agents are online, because an unassigned message takes a different path.
        one_message = message_cost(cast, arguments)
    finally:
        for worker in workers:
            worker.stop()
    lines += report.steps_table(steps)
    lines += [f"Streams that were lost meanwhile: {lost}.", ""] if lost else []
    lines += report.bare_table(bare_limits(stack, cast, arguments))
    lines += report.memory_table(memory)
    return lines + one_message


def arrivals(visitors: Worker, agents: Worker, arguments) -> list[str]:
    say("Agents and visitors arrive ...")
    agents.do("arrive")
    seconds = visitors.do("arrive")
    agents.do("watch", people.conversations_of_agents())
    return [
        f"{arguments.visitors:,} visitors arrived (first message routed, ticket, stream), eight at "
        f"a time: {arguments.visitors / seconds:.0f} a second.",
        "",
    ]


def run_steps(stack: Stack, visitors: Worker, agents: Worker, arguments) -> dict[str, dict]:
    steps = {}
    for rate in arguments.rates:
        say(f"{rate:g} messages a second ...")
        steps[f"{rate:g}"] = step(
            stack, visitors, agents, arguments.seconds, "write", rate, arguments.seconds
        )
    say(f"As many as {arguments.senders} senders can ...")
    senders, seconds = arguments.senders, arguments.most_seconds
    steps[f"most, {senders} senders"] = step(
        stack, visitors, agents, seconds, "write_at_most", senders, seconds
    )
    return steps


def step(stack, visitors, agents, seconds: float, verb: str, *how) -> dict:
    stack.wait_until_at_rest()
    visitors.start(verb, *how)
    if verb == "write":
        time.sleep(WARM_UP)
    before, began = stack.processor(), time.perf_counter()
    time.sleep(seconds)
    after, took = stack.processor(), time.perf_counter() - began
    log = visitors.result()
    stored = [number for number, entry in log.items() if entry["status"] in (200, 201)]
    on_screen = agents.do("take_seen", stored)
    used = {part: (after[part] - before[part]) / took for part in after}
    return report.step_figures(log, on_screen, seconds, used)


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
            for rate in arguments.rates:
                rates[rate] = {
                    "transaction": database.at_rate(rate, seconds),
                    "one": relay.do("at_rate", "one", rate, seconds),
                    "all": relay.do("at_rate", "all", rate, seconds),
                }
    finally:
        relay.stop()
    most = {clients: database.at_most(seconds, clients) for clients in (1, 8, 32)}
    return {"rates": rates, "most": most}


def message_cost(cast: dict, arguments) -> list[str]:
    say("What one message costs ...")
    message = cost.Message(cast["key"], arguments.visitors)
    found = cost.measure(message, arguments.count)
    lines = [
        f"One message in one thread: {found['wall']:.1f} ms, of which {found['cpu']:.1f} ms are "
        f"Python's own; {len(found['statements'])} statements ({cost.kinds(found['statements'])}), "
        f"{found['redis']:.1f} Redis commands.",
        "",
    ]
    if arguments.profile:
        lines += [f"{took:6.2f} ms  {sql}" for sql, took in found["statements"]]
        lines += ["", cost.profile(message, arguments.count)]
    return lines


def versions() -> str:
    from django.db import connection

    from messagehub.lib import redis

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0].split()[0]
    return f"PostgreSQL {postgres}, Redis {redis.client().info('server')['redis_version']}"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visitors", type=int, default=1000)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--rates", type=float, nargs="+", default=[20, 100, 200])
    parser.add_argument("--seconds", type=float, default=20, help="length of a step")
    parser.add_argument("--senders", type=int, default=32, help="for the highest throughput")
    parser.add_argument("--quick", action="store_true", help="small and short: does it still run?")
    parser.add_argument("--profile", action="store_true", help="also where the time goes")
    parser.add_argument("--save", action="store_true", help="append to bench/RESULTS.md")
    arguments = parser.parse_args()
    arguments.most_seconds, arguments.bare_seconds, arguments.count = 15.0, 10.0, 500
    if arguments.quick:
        arguments.visitors, arguments.agents, arguments.senders = 20, 4, 4
        arguments.rates, arguments.seconds = [10.0], 2.0
        arguments.most_seconds, arguments.bare_seconds, arguments.count = 1.0, 1.0, 20
    return arguments


if __name__ == "__main__":
    main()
