"""The jobs of processes that work at the same time (tests.routing.engine.job_processes).

Each is a generator: it yields once when it has what it needs, and then, after the signal to begin,
something for each thing that it has committed.
"""

import os
import threading
from multiprocessing import parent_process

from django.db.models.functions import Mod

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation, Inbox
from routing.actions.queue import assign_all_queues
from teams.models import Membership
from tests.conftest import Vera

READY = "ready"


def find_inboxes(pks):
    return [Inbox.objects.select_related("workspace").get(pk=pk) for pk in pks]


def write(inboxes, count):
    """Let new visitors write one message each, to the inboxes in turn."""
    found = find_inboxes(inboxes)
    yield READY
    for number in range(count):
        yield Vera(found[number % len(found)]).writes().conversation.pk


def write_again(inboxes, count):
    """Let visitors write again whose conversations exist, so that no new row delays them."""
    found = find_inboxes(inboxes)
    visitors = [Vera(found[number % len(found)]) for number in range(count)]
    for visitor in visitors:
        visitor.writes()
    yield READY
    for visitor in visitors:
        yield visitor.writes("Hello?").conversation.pk


def run_queue():
    """Run the sweep until nothing waits."""
    yield READY
    while Conversation.objects.waiting_for_agent().exists():
        assign_all_queues()
    yield "done"


def sweep(times):
    yield READY
    for number in range(times):
        assign_all_queues()
        yield number


def assign(conversations, to):
    """Assign the conversations manually, in this order."""
    membership = Membership.objects.with_related().get(pk=to)
    yield READY
    for pk in conversations:
        assign_conversation(Conversation.objects.get(pk=pk), assignee=membership, by=membership)
        yield pk


def resolve(share, of):
    """Resolve assigned conversations one after another until none of this share is left."""
    yield READY
    held = Conversation.objects.open().exclude(assignee=None).alias(part=Mod("number", of))
    while theirs := list(held.filter(part=share).order_by("number")):
        for conversation in theirs:
            resolve_conversation(conversation)
            yield conversation.pk


JOBS = {job.__name__: job for job in (write, write_again, run_queue, sweep, assign, resolve)}


def work(job, arguments, signal, reports):
    threading.Thread(target=end_with_the_test, daemon=True).start()
    steps = JOBS[job](**arguments)
    reports.send(next(steps))
    signal.recv()
    for done in steps:
        reports.send(str(done))


def end_with_the_test():
    """End this process when the test's process ends, however it ends."""
    parent_process().join()
    os._exit(1)
