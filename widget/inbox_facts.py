"""What storing a plain message has to know about its inbox, kept by the event loop for a second.

Whatever it decides is looked at again elsewhere: whether an assignee is away or suspended is read
with the message, and sweeps find what presence or a setting of a second ago has missed.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from django.db import connection

from inbox.actions.contact_message import PlainCase
from messagehub.lib.database import query_timeout
from messagehub.lib.errors import PAGE_SECONDS
from routing.models import Routing
from routing.queue_outlook import queue_outlook
from routing.rules import ONLINE
from teams import presence
from teams.availability import status_of
from teams.models import Membership
from widget.access import find_inbox
from widget.inbox_availability import InboxAvailability

SECONDS = 1.0
MOST_INBOXES = 2_000


class InboxFacts:
    """An inbox at one moment. Made in a thread, because it reads the database."""

    def __init__(self, key: str):
        """Raises Http404 if there is no inbox with this key."""
        self.read_at = time.monotonic()
        self.inbox = find_inbox(key)
        online = presence.find_online(self.inbox.workspace_id)
        self.availability = InboxAvailability(self.inbox, online=online)
        routing = Routing.objects.of(self.inbox)
        self.plain_case = PlainCase(
            reachable=as_array(find_reachable(self.inbox.workspace, online or set())),
            may_start_timer=bool(routing.answer_minutes or routing.owner_minutes),
        )

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self.read_at < SECONDS

    def stays_queued(self, stored) -> bool:
        """Tell whether a conversation stays in the queue, and no one has to be emailed about it.

        stored: the result of a try whose outcome was IN_QUEUE.
        """
        outlook = queue_outlook(self.inbox)
        return outlook.stays_queued(stored.contact_owner_id) and outlook.has_emailed_everyone(
            stored.conversation_id, stored.waiting_since
        )


def find_reachable(workspace, online) -> set:
    """Return the members online whose office hours, if they have any, include this moment."""
    with_hours = Membership.objects.filter(pk__in=online).select_related("user", "workspace")
    if not workspace.holidays:
        with_hours = with_hours.exclude(hours={})
    return online - {each.pk for each in with_hours if status_of(each, online) not in ONLINE}


def as_array(ids) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


class FactsCache:
    """Reads the facts of each inbox at most once a second, however many messages come."""

    def __init__(self):
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="facts")
        self.known: dict[str, asyncio.Future] = {}

    async def get(self, key: str) -> InboxFacts:
        """Return the inbox's facts. Raises Http404 and the database's errors."""
        reading = self.known.get(key)
        if reading is None or (reading.done() and not is_fresh(reading)):
            self.known.pop(key, None)
            while len(self.known) >= MOST_INBOXES:
                del self.known[next(iter(self.known))]
            self.known[key] = reading = asyncio.ensure_future(self.run(InboxFacts, key))
        return await asyncio.shield(reading)

    async def run(self, function: Callable, *arguments):
        """Run a function that may use the database in a thread, in the request's language."""
        call = copy_context().run
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, call, in_thread, function, *arguments)


def is_fresh(reading: asyncio.Future) -> bool:
    return not reading.cancelled() and reading.exception() is None and reading.result().is_fresh


def in_thread(function, *arguments):
    """Call the function as a request does: with a time limit, and returning the connection."""
    try:
        with query_timeout(PAGE_SECONDS):
            return function(*arguments)
    finally:
        connection.close()
