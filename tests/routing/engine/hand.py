"""A process of its own with one job: `python -m tests.routing.engine.hand <job> <arguments>`.

It says "ready" when it has what it needs, begins when it is told to, and prints a line for each
thing that is done: once it stands there it was committed.
"""

import json
import os
import sys
import threading

import django
from django.db.models.functions import Mod

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")
READY = "ready"


def write(inboxes, count):
    """New visitors, one message each, in one inbox after the other."""
    from inbox.models import Inbox
    from tests.conftest import Vera

    found = [Inbox.objects.select_related("workspace").get(pk=pk) for pk in inboxes]
    yield READY
    for number in range(count):
        yield Vera(found[number % len(found)]).writes().conversation.pk


def write_again(inboxes, count):
    """Visitors whose chats wait, or are done by now, write: no new row keeps them apart."""
    from inbox.models import Inbox
    from tests.conftest import Vera

    found = [Inbox.objects.select_related("workspace").get(pk=pk) for pk in inboxes]
    visitors = [Vera(found[number % len(found)]) for number in range(count)]
    for visitor in visitors:
        visitor.writes()
    yield READY
    for visitor in visitors:
        yield visitor.writes("Hello?").conversation.pk


def drain():
    """The sweep, until nothing waits."""
    from inbox.models import Conversation
    from routing.actions.drain import drain_all

    yield READY
    while Conversation.objects.waiting_for_agent().exists():
        drain_all()
    yield "drained"


def sweep(times):
    from routing.actions.drain import drain_all

    yield READY
    for number in range(times):
        drain_all()
        yield number


def assign(conversations, to):
    """By hand, in this order."""
    from inbox.actions.assignment import assign_conversation
    from inbox.models import Conversation
    from teams.models import Membership

    membership = Membership.objects.with_person().get(pk=to)
    yield READY
    for pk in conversations:
        assign_conversation(Conversation.objects.get(pk=pk), assignee=membership, by=membership)
        yield pk


def resolve(share, of):
    """Whatever somebody has, one after the other, until nobody has anything of this share."""
    from inbox.actions.resolution import resolve_conversation
    from inbox.models import Conversation

    yield READY
    held = Conversation.objects.open().exclude(assignee=None).alias(part=Mod("number", of))
    while theirs := list(held.filter(part=share).order_by("number")):
        for conversation in theirs:
            resolve_conversation(conversation)
            yield conversation.pk


JOBS = {job.__name__: job for job in (write, write_again, drain, sweep, assign, resolve)}


def main(job, arguments):
    django.setup()
    work = JOBS[job](**json.loads(arguments))
    next(work)
    print(READY, flush=True)
    if sys.stdin.readline():
        threading.Thread(target=end_with_the_test, daemon=True).start()
        for done in work:
            print(done, flush=True)


def end_with_the_test():
    """Whoever started this is gone, however it ended."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
