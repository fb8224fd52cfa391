"""Whether a conversation that waits in the queue would stay there, without locking anything.

A message in a queued conversation rarely changes who can take it. While no one can, routing doesn't
have to try again under its lock with every message: a member who becomes available is assigned the
queue by that event, and a sweep finds what an event missed. So an answer that is a second old loses
nothing.
"""

import time
from collections import OrderedDict
from datetime import datetime
from functools import cached_property
from threading import Lock
from uuid import UUID

from inbox.models import Contact, Conversation
from messagehub.lib.prepared_query import PreparedQuery
from routing.candidates import CandidatePool
from routing.emails.agents import queue_email_recipients, queue_emails_sent
from routing.emails.pacing import lock_emails_about_to_leave
from routing.models import Routing
from routing.policy import Facts, StepKind, plan_assignment
from routing.targets import possible_assignees

MAX_AGE = 1.0  # seconds
MOST_KEPT = 1000  # inboxes and teams in them


class QueueOutlook:
    """What an inbox could do at one moment with its queue, or with a team's part of it."""

    def __init__(self, inbox, team=None):
        self.inbox, self.team, self.taken_at = inbox, team, time.monotonic()
        self.routing = Routing.objects.of(inbox)
        self.owners = {}  # {member's id: whether they can be assigned as the contact's owner}

    @property
    def is_current(self) -> bool:
        return time.monotonic() - self.taken_at < MAX_AGE

    @property
    def asks_owner(self) -> bool:
        return self.routing.to_owner

    def stays_queued(self, owner=None) -> bool:
        """Return whether a conversation that no one has released would stay in the queue.

        owner: the id of its contact's owner.
        """
        if owner is not None and self.asks_owner and self.can_be_assigned(owner):
            return self.is_queued(Facts(owner=owner))
        return self.is_anyones_queued

    @cached_property
    def is_anyones_queued(self) -> bool:
        return self.is_queued(Facts())

    def is_queued(self, facts) -> bool:
        for pool in self.pools:
            is_complete = not pool.is_partial
            plan = plan_assignment(facts, self.routing, pool.candidates(), is_complete=is_complete)
            if step := next(plan, None):
                return step.kind is StepKind.QUEUE
        return False

    @cached_property
    def recipients(self) -> frozenset[str]:
        """The addresses that are emailed about every queued conversation of the inbox."""
        recipients = queue_email_recipients(self.inbox, team=self.team)
        return frozenset(recipients.values_list("user__email", flat=True))

    def has_emailed_everyone(self, conversation, waiting_since) -> bool:
        """Return whether each recipient has an email about this wait. conversation: an id."""
        if not self.recipients:
            return True
        return self.recipients <= set(QUEUE_EMAILS.all(about=conversation, since=waiting_since))

    @cached_property
    def pools(self):
        """Of a large pool everyone is only checked if no one of the first can take it."""
        pool = CandidatePool(
            self.inbox, team=self.team, count_all=self.routing.fewest_open_first, partial=True
        )
        return (pool, pool.full()) if pool.is_partial else (pool,)

    def can_be_assigned(self, owner) -> bool:
        if owner not in self.owners:
            members = possible_assignees(self.inbox, self.team)
            self.owners[owner] = members.filter(pk=owner).exists()
        return self.owners[owner]


QUEUE_EMAILS = PreparedQuery(
    lambda about, since: queue_emails_sent(Conversation(pk=about, waiting_since=since)).values_list(
        "recipient", flat=True
    ),
    about=UUID,
    since=datetime,
)
_known: OrderedDict = OrderedDict()
_lock = Lock()


def queue_outlook(inbox, team=None) -> QueueOutlook:
    """Return the outlook of an inbox, or of a team (an id) in it; remembered for a second."""
    key = (inbox.pk, team)
    with _lock:
        known = _known.get(key)
    if known is not None and known.is_current:
        return known
    outlook = QueueOutlook(inbox, team)
    with _lock:
        _known[key] = outlook
        _known.move_to_end(key)
        while len(_known) > MOST_KEPT:
            _known.popitem(last=False)
    return outlook


def forget_outlooks():
    with _lock:
        _known.clear()


def message_changes_nothing(conversation) -> bool:
    """Return whether a locked conversation waited before the contact's new message and still would.

    Everyone who is emailed about the queue must have an email, too. Those about to leave are locked
    until commit, so that none leaves without the message.
    """
    change, since = conversation.change, conversation.waiting_since
    was_queued = change.previous_list_key == {"status": "open", "assignee": ""}
    if not was_queued or since is None or conversation.timed_out_for:
        return False
    if any(entry.created_at <= since for entry in change.entries):
        return False  # the contact waits from this message on
    if conversation.released_at is not None and conversation.released_at > since:
        return False  # an agent who gave it up may be asked again
    outlook = queue_outlook(conversation.inbox, conversation.team_id)
    owner = find_owner(conversation) if outlook.asks_owner else None
    if not outlook.stays_queued(owner):
        return False
    lock_emails_about_to_leave(conversation.pk)
    return outlook.has_emailed_everyone(conversation.pk, since)


def find_owner(conversation):
    """Return the id of the contact's owner, who may be newer than the conversation's lock."""
    owner = Contact.objects.filter(pk=conversation.contact_id).values_list("owner", flat=True)
    return owner.first()
