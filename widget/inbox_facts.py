"""What storing a plain message has to know about its inbox, one or two seconds old at most.

No message is lost by that: whether an assignee is away or suspended is read with the message, and
sweeps find what two seconds old presence or settings have missed.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from inbox.actions.contact_message import PlainCase
from inbox.models import Conversation
from messagehub.lib.database import query_timeout
from messagehub.lib.errors import PAGE_SECONDS
from messagehub.lib.prepared_query import PreparedQuery, is_one_of
from routing.models import Routing
from routing.queue_outlook import queue_outlook
from routing.rules import ONLINE
from teams import presence
from teams.availability import status_of
from teams.models import Membership, Team
from widget.access import find_inbox
from widget.inbox_availability import InboxAvailability

FRESH_SECONDS = 1.0  # after this they are read again, while messages still use them
KEPT_SECONDS = 2.0  # after this messages wait for them
MOST_INBOXES = 2_000


class InboxFacts:
    """An inbox at one moment. Made in a thread, because it reads the database."""

    def __init__(self, key: str):
        """Raises Http404 if there is no inbox with this key."""
        self.read_at = time.monotonic()
        self.inbox = find_inbox(key)
        self.online = online = presence.find_online(self.inbox.workspace_id)
        self.availability = InboxAvailability(self.inbox, online=online)
        members = Membership.objects.current().filter(workspace=self.inbox.workspace_id)
        self.photos = dict(members.exclude(photo="").values_list("pk", "photo"))
        routing = Routing.objects.of(self.inbox)
        self.plain_case = PlainCase(
            reachable=as_array(find_reachable(self.inbox.workspace, online or set())),
            may_start_timer=bool(routing.answer_minutes or routing.owner_minutes),
        )
        self.has_teams = Team.objects.filter(workspace=self.inbox.workspace_id).exists()
        self.queue_states: dict[tuple, str] = {}  # what visitors in the queue see, see state_key()

    def add_photo(self, agent) -> None:
        """Set an assignee's photo, which the statement that stores a message doesn't return."""
        if agent is not None:
            agent.photo = self.photos.get(agent.pk, "")

    @property
    def age(self) -> float:
        return time.monotonic() - self.read_at

    def is_available(self, agent) -> bool:
        """Return whether an assignee is definitely available, without the database or Redis."""
        if agent is None or self.online is None:
            return False
        return self.availability.get_status(agent) == "available"

    def stays_queued(self, stored) -> bool:
        """Return whether a conversation stays in the queue, and no one has to be emailed about it.

        stored: the result of a try whose outcome was IN_QUEUE.
        """
        team = TEAM.first(conversation=stored.conversation_id) if self.has_teams else None
        outlook = queue_outlook(self.inbox, team)
        return outlook.stays_queued(stored.contact_owner_id) and outlook.has_emailed_everyone(
            stored.conversation_id, stored.waiting_since
        )


def state_key(conversation) -> tuple | None:
    """Return what the state of a queued conversation's visitor depends on, besides the inbox.

    None if it also depends on the conversation: on its assignee, or its contact's owner or email.
    """
    contact = conversation.contact
    if conversation.assignee is not None or contact.owner_id is not None or contact.email:
        return None
    return get_language(), contact.unsubscribed_at is not None


TEAM = PreparedQuery(
    lambda conversation: Conversation.objects.filter(pk=conversation).values_list(
        "team", flat=True
    ),
    conversation=UUID,
)


def find_reachable(workspace, online) -> set:
    """Return the members online whose office hours, if they have any, include this moment."""
    scheduled = (ALL if workspace.holidays else WITH_HOURS).all(online=list(online))
    return online - {each.pk for each in scheduled if status_of(each, online) not in ONLINE}


ALL = PreparedQuery(
    lambda online: Membership.objects.filter(is_one_of(online)).with_related(), online=list
)
WITH_HOURS = PreparedQuery(
    lambda online: Membership.objects.filter(is_one_of(online)).exclude(hours={}).with_related(),
    online=list,
)


def as_array(ids) -> str:
    return "{" + ",".join(map(str, ids)) + "}"


class FactsCache:
    """Reads the facts of each inbox at most once a second, however many messages come."""

    def __init__(self):
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="facts")
        self.known: dict[str, InboxFacts] = {}
        self.reading: dict[str, asyncio.Task] = {}

    async def get(self, key: str) -> InboxFacts:
        """Return the inbox's facts. Raises Http404 and the database's errors."""
        facts = self.known.get(key)
        if facts is not None and facts.age < FRESH_SECONDS:
            return facts
        if key not in self.reading:
            self.reading[key] = asyncio.create_task(self.read(key))
            self.reading[key].add_done_callback(retrieve_error)
        if facts is not None and facts.age < KEPT_SECONDS:
            return facts
        return await asyncio.shield(self.reading[key])

    async def read(self, key: str) -> InboxFacts:
        try:
            facts = await self.run(InboxFacts, key)
        except BaseException:
            self.known.pop(key, None)
            raise
        finally:
            del self.reading[key]
        self.known.pop(key, None)  # so that the latest are last
        while len(self.known) >= MOST_INBOXES:
            del self.known[next(iter(self.known))]
        self.known[key] = facts
        return facts

    async def run(self, function: Callable, *arguments):
        """Run a function that may use the database in a thread, in the request's language."""
        call = copy_context().run
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, call, in_thread, function, *arguments)


def retrieve_error(reading: asyncio.Task) -> None:
    """An error that no message waited for isn't reported; the next one meets it again."""
    if not reading.cancelled():
        reading.exception()


def in_thread(function, *arguments):
    """Call the function as a request does: with a time limit, and returning the connection."""
    try:
        with query_timeout(PAGE_SECONDS):
            return function(*arguments)
    finally:
        connection.close()
