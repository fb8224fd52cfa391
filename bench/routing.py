"""How many routing decisions a second, in one inbox and over many, with a thousand members.

See bench/README.md.
"""

import argparse
import socket
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import quantiles

from bench.decisions import (
    bare,
    decide,
    go_online,
    in_parts,
    make_inbox,
    make_members,
    make_waiting,
    spread,
)
from bench.people import connect_django
from bench.stack import Stack


def main():
    options = read_options()
    with Stack(free_port()) as stack:
        connect_django(stack.settings)
        members = make_members(options.members)
        go_online(members[:: options.members // options.online][: options.online])
        print(f"{options.members} members, {options.online} online")
        one = [make_inbox("One", members)]
        many = [
            make_inbox(f"Inbox {n}", members[n :: options.inboxes]) for n in range(options.inboxes)
        ]
        run = Run(stack.settings, options)
        for processes in options.processes:
            run.report("one inbox", decide, one, processes)
        for processes in options.processes:
            run.report(f"{len(many)} inboxes", decide, many, processes)
        for processes in options.processes:
            run.report("bare, one inbox", bare, one, processes)
        for inbox, (fewest, most) in spread(one + many).items():
            if most - fewest > 1:
                print(f"NOT FAIR: inbox {inbox}: {fewest} to {most}")


class Run:
    def __init__(self, settings, options):
        self.settings, self.options = settings, options
        self.number = 0

    def report(self, name, work, inboxes, processes):
        waiting = self.waiting(inboxes)
        took, seconds = self.measure(work, waiting, processes)
        cuts = quantiles(took, n=100)
        rate = len(took) / seconds
        print(f"| {name} | {processes} | {rate:,.0f} | {cuts[49]:.1f} | {cuts[98]:.1f} |")

    def waiting(self, inboxes):
        """Conversations of all the inboxes, mixed."""
        each = self.options.decisions // len(inboxes)
        found = []
        for inbox in inboxes:
            found.append(make_waiting(inbox, each, self.number + 1))
            self.number += each
        return [pk for row in zip(*found, strict=True) for pk in row]

    def measure(self, work, waiting, processes):
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            list(pool.map(warm_up, [self.settings] * processes))
            begin = time.time() + 2
            parts = in_parts(waiting, processes)
            futures = [pool.submit(work, self.settings, part, begin) for part in parts]
            took = [each for future in futures for each in future.result()]
        return took, time.time() - begin


def warm_up(settings):
    connect_django(settings)
    from teams.models import Membership

    Membership.objects.first()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--online", type=int, default=200)
    parser.add_argument("--inboxes", type=int, default=20)
    parser.add_argument("--decisions", type=int, default=1000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    return parser.parse_args()


if __name__ == "__main__":
    main()
