"""Turns one conversation's timeline into facts. Pure: no database, no clock.

The rules are explained to readers in docs/reports.md. Only entries count, never a column that a
later event overwrites, so the same timeline always gives the same facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from reports.models import Kind
from routing.models import Trigger
from routing.rules import Rule

# The conversation went to someone who wasn't online and was emailed.
LEAD_RULES = frozenset({Rule.LEAD, Rule.OWNER_OFFLINE})


class Entry(NamedTuple):
    """The parts of a timeline's entry that count, with the same fields as Message."""

    seq: int
    kind: str
    activity: str
    details: dict
    author: UUID | None
    created_at: datetime


class Decided(NamedTuple):
    """What a routing decision says."""

    rule: str = ""
    trigger: str = ""


UNDECIDED = Decided()


@dataclass(frozen=True)
class NewFact:
    """since: when what took time began; None if nothing is measured."""

    seq: int
    kind: Kind
    at: datetime
    member: UUID | None = None
    since: datetime | None = None
    rule: str = ""
    trigger: str = ""


def facts_of(entries: Iterable[Entry], decisions: Mapping[str, Decided]) -> list[NewFact]:
    """Return the facts of a whole timeline, in order. decisions: by the ids that entries name."""
    reader = TimelineReader(decisions)
    for entry in entries:
        reader.read(entry)
    return reader.facts


class TimelineReader:
    """Reads a timeline entry by entry."""

    def __init__(self, decisions):
        self.decisions = decisions
        self.facts = []
        self.entry = None
        self.assignee = None
        # The assignee when the contact reopened it, whom routing may let keep it.
        self.former_assignee = None
        self.was_assigned = False
        self.was_answered = False
        # When it was opened, queued, became an email lead, and when the contact started waiting.
        self.opened_at = self.queued_at = self.lead_at = self.waiting_since = None

    def read(self, entry):
        self.entry = entry
        if self.opened_at is None:
            self.opened_at = self.queued_at = entry.created_at
            self.add(Kind.NEW)
        event = entry.activity if entry.kind == "activity" else entry.kind
        if handle := getattr(self, f"on_{event}", None):
            handle()

    def add(self, kind, *, member=None, since=None, decided=UNDECIDED):
        entry = self.entry
        self.facts.append(
            NewFact(entry.seq, kind, entry.created_at, member, since, decided.rule, decided.trigger)
        )

    @property
    def decided(self):
        return self.decisions.get(self.entry.details.get("decision"), UNDECIDED)

    def on_contact(self):
        self.waiting_since = self.waiting_since or self.entry.created_at

    def on_reply(self):
        """Only a reply to a waiting contact is a response."""
        author = self.entry.author
        if self.waiting_since is None:
            self.add(Kind.FURTHER_REPLY, member=author)
        else:
            kind = Kind.NEXT_REPLY if self.was_answered else Kind.FIRST_REPLY
            self.add(kind, member=author, since=self.waiting_since)
            self.waiting_since, self.was_answered = None, True
        if self.lead_at is not None:
            self.add(Kind.LEAD_REPLY, member=author, since=self.lead_at)
            self.lead_at = None

    def on_assigned(self):
        to, decided = parse_id(self.entry.details.get("to_id")), self.decided
        if self.assignee is None:
            self.add(Kind.ASSIGNED, member=to, since=self.queued_at, decided=decided)
        elif self.assignee != to:
            is_late = decided.trigger == Trigger.TIMER
            self.add(Kind.TIMED_OUT if is_late else Kind.HANDED_OVER, member=self.assignee)
            self.add(Kind.REASSIGNED, member=to, decided=decided)
        self.set_assignee(to)
        self.lead_at = None
        if decided.rule in LEAD_RULES:
            self.lead_at = self.entry.created_at
            self.add(Kind.LEAD, member=to)

    def set_assignee(self, member):
        self.assignee = member or UNKNOWN
        self.former_assignee = self.queued_at = None
        if not self.was_assigned:
            # A new conversation counts for the agent who got it first.
            self.facts[0] = replace(self.facts[0], member=member)
            self.was_assigned = True

    def on_kept(self):
        keeper = self.assignee or self.former_assignee
        self.add(Kind.KEPT, member=keeper, decided=self.decided)
        self.assignee, self.former_assignee, self.queued_at = keeper, None, None

    def on_waiting(self):
        """Routing found no one. It also unassigns a conversation that the contact reopened."""
        self.add(Kind.QUEUED, decided=self.decided)
        self.assignee = self.former_assignee = self.lead_at = None
        self.queued_at = self.queued_at or self.entry.created_at

    def on_unassigned(self):
        if self.assignee is not None:
            self.add(Kind.UNASSIGNED, member=self.assignee)
        self.assignee = self.lead_at = None
        self.queued_at = self.entry.created_at

    on_returned = on_unassigned

    def on_resolved(self):
        """Nothing waits any more, answered or not."""
        member = self.entry.author or self.assignee
        self.add(Kind.RESOLVED, member=member, since=self.opened_at)
        self.waiting_since = self.queued_at = self.lead_at = None

    def on_reopened(self):
        """If the contact did it, routing decides next whether the assignee keeps it."""
        self.add(Kind.REOPENED, member=self.assignee)
        self.opened_at = self.entry.created_at
        if self.entry.details.get("contact"):
            self.former_assignee, self.assignee = self.assignee, None
        if self.assignee is None:
            self.queued_at = self.entry.created_at

    def on_rated(self):
        details = self.entry.details
        self.add(Kind(f"rated_{details['rating']}"), member=parse_id(details.get("agent_id")))

    def on_snoozed(self):
        self.queued_at = None

    def on_woken(self):
        if self.assignee is None:
            self.queued_at = self.entry.created_at


# Has an assignee whose id the entry doesn't say.
UNKNOWN = UUID(int=0)


def parse_id(text) -> UUID | None:
    try:
        return UUID(text)
    except (AttributeError, TypeError, ValueError):
        return None
