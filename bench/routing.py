"""How many routing decisions a second, in one inbox and over many, with a thousand members.

See bench/README.md.
"""

import argparse
import random
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

from bench.decisions import (
    WARM_UP,
    bare,
    decide,
    divide,
    go_online,
    make_inbox,
    make_members,
    make_waiting,
    spread,
    write,
)
from bench.people import connect_django
from bench.stack import services


def main():
    options = read_options()
    with services() as settings:
        connect_django(settings)
        members = make_members(options.members)
        go_online(random.Random(1).sample(members, options.online))  # some in every inbox
        print(f"{options.members} members, {options.online} online")
        one = [make_inbox("One", members)]
        many = [
            make_inbox(f"Inbox {n}", members[n :: options.inboxes]) for n in range(options.inboxes)
        ]
        gather_statistics()
        run = Run(settings, options)
        print("| | processes | decisions/s | p50 (ms) | p99 (ms) | processor (ms) | stolen |")
        for processes in options.processes:
            run.report("one inbox", decide, one, processes)
        for processes in options.processes:
            run.report(f"{len(many)} inboxes", decide, many, processes)
        for processes in options.processes:
            run.report("bare, one inbox", bare, one, processes)
        print("\n| first message | processes | p50 (ms) | p99 (ms) | processor (ms) | stolen |")
        for processes in options.processes:
            run.report_added(one[0], processes)
        for inbox, (fewest, most) in spread(one + many).items():
            if most - fewest > 1:
                print(f"NOT FAIR: inbox {inbox}: {fewest} to {most}")


def resolve_waiting():
    """Resolve the older conversations, because a new one would have to queue behind them."""
    from inbox.models import Conversation

    Conversation.objects.filter(assignee=None).update(status="resolved", waiting_since=None)


STOLEN = 7  # index of the ticks that the host gave to others while this machine wanted them
# For the first statements of a process, in which it compiles templates and queries.
SECONDS_TO_WARM_UP = 6


class Run:
    def __init__(self, settings, options):
        self.settings, self.options = settings, options
        self.number = 0

    def report(self, name, work, inboxes, processes):
        waiting = self.waiting(inboxes, processes)
        took, seconds, stolen = self.measure(work, waiting, processes)
        rate = f"{len(took) / seconds:,.0f}"
        print_row(name, processes, rate, *format_row(figures(took)), f"{stolen:.0%}")

    def report_added(self, inbox, processes):
        """Report how long a visitor's first message takes with routing and without."""
        count = self.options.decisions // processes
        rounds, stolen = [], []
        for routed in (False, True):
            work = partial(write, inbox=inbox, count=count, routed=routed)
            took, _seconds, share = self.in_processes(work, [{}] * processes)
            rounds.append(figures(took))
            stolen.append(share)
            resolve_waiting()
        without, routed = rounds
        added = [more - less for more, less in zip(routed, without, strict=True)]
        for name, row in (("without", without), ("routed", routed), ("added", added)):
            print_row(name, processes, *format_row(row), f"{max(stolen):.0%}")

    def waiting(self, inboxes, processes):
        """Make waiting conversations of all inboxes, mixed."""
        each = (self.options.decisions + WARM_UP * processes) // len(inboxes)
        found = []
        for inbox in inboxes:
            found.append(make_waiting(inbox, each, self.number + 1))
            self.number += each
        return [pk for row in zip(*found, strict=True) for pk in row]

    def measure(self, work, waiting, processes):
        parts = divide(waiting, processes)
        return self.in_processes(work, [{"conversations": part} for part in parts])

    def in_processes(self, work, parts):
        """Work in one process for each part.

        Returns (what each piece of work took, the seconds of all, the share of the processors that
        others took from this machine in that time).
        """
        with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
            list(pool.map(warm_up, [self.settings] * len(parts)))
            begin = time.time() + SECONDS_TO_WARM_UP
            futures = [pool.submit(work, self.settings, begin=begin, **part) for part in parts]
            time.sleep(max(0, begin - time.time()))
            before = processor_ticks()
            took = [each for future in futures for each in future.result()]
            seconds = time.time() - begin
        spent = [now - then for now, then in zip(processor_ticks(), before, strict=True)]
        return took, seconds, spent[STOLEN] / sum(spent)


def warm_up(settings):
    connect_django(settings)
    from teams.models import Membership

    Membership.objects.first()


def figures(took):
    """Return (p50, p99, median of processor time) in milliseconds."""
    cuts = quantiles([wall for wall, _processor in took], n=100)
    return cuts[49], cuts[98], median(processor for _wall, processor in took)


def format_row(row):
    return [f"{each:.1f}" for each in row]


def print_row(*cells):
    print("|", " | ".join(map(str, cells)), "|", flush=True)


def processor_ticks():
    """Return what the processors did, in the order of /proc/stat."""
    return [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]


def gather_statistics():
    """Analyze now, as PostgreSQL does by itself a minute after so many new rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
