"""The rules of routing: who gets a conversation, in which order, and why.

Pure: no database, no Redis, no clock. The callers bring the facts and carry out the plan: the live
engine under its locks (routing.actions.engine), the simulator in memory (routing.simulator). The
preview on a settings page and the queue's pre-check only read it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple, Protocol
from uuid import UUID

from routing.rules import (
    ABSENT,
    AVAILABLE,
    KEEPS_LEADS_WAITING,
    OWNER_RULES,
    CandidateStatus,
    Rule,
)


class Settings(Protocol):
    """How an inbox assigns its conversations. Minutes: None turns the timer off."""

    fewest_open_first: bool
    to_owner: bool
    owner_minutes: int | None
    leads: str
    answer_minutes: int | None
    keep_reopened: bool


ASSIGN_LEADS = "assign"  # Settings.leads: assign and email; otherwise the queue


class Candidate(NamedTuple):
    """A member who might get the conversation, as they are at one moment.

    last_assigned_at: a count kept by the inbox instead of a time, so that clocks can't disagree
    (None: never assigned); open_count: over the whole workspace, only counted where a rule needs
    it; capacity: None means no limit; is_online: also true outside the inbox's opening hours.
    """

    membership_id: UUID
    name: str
    status: str
    last_assigned_at: int | None = None
    open_count: int = 0
    capacity: int | None = None
    wants_email: bool = True
    is_online: bool = False

    @property
    def is_available(self) -> bool:
        return self.status == AVAILABLE

    @property
    def has_room(self) -> bool:
        return self.capacity is None or self.open_count < self.capacity

    @property
    def can_get_lead(self) -> bool:
        return self.status in ABSENT and self.has_room and self.wants_email


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know about a conversation.

    owner: of the contact, if they can answer the inbox; owner_status: None if it isn't known
    before their row is locked. assignee: who has it, or had it when the contact reopened it;
    reassigns_replies: the assignee is Away and wants others to have the replies. released_by and
    timed_out_for: members who gave it up, by returning it to the queue or by not answering in time.
    """

    owner: UUID | None = None
    owner_status: str | None = None
    assignee: UUID | None = None
    reassigns_replies: bool = False
    released_by: frozenset[UUID] = frozenset()
    timed_out_for: frozenset[UUID] = frozenset()

    def eligible_owner(self, settings: Settings) -> UUID | None:
        """The contact's owner, if the inbox assigns to owners and they didn't give it up."""
        if not settings.to_owner or self.owner in self.released_by | self.timed_out_for:
            return None
        return self.owner


class StepKind(Enum):
    KEEP = auto()
    OWNER = auto()
    ROTATION = auto()
    LEAD = auto()
    QUEUE = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: the first of `members` that it accepts gets the conversation.

    from_assignee: it moves from one who still has it. reassigns_reply: because they are Away and
    reassign replies. must_be_available: an owner or last assignee who isn't available doesn't get
    it by this step. retries_timed_out: from here on those who didn't answer in time are asked
    again, because no one else is available. is_owner: the member gets it as the contact's owner.
    """

    kind: StepKind
    members: tuple[UUID, ...] = ()
    from_assignee: bool = False
    reassigns_reply: bool = False
    must_be_available: bool = False
    retries_timed_out: bool = False
    is_owner: bool = False

    def accepts(self, candidate: Candidate) -> bool:
        """Return whether the member, as they are now that no one can change them, can have it."""
        if candidate.status == CandidateStatus.NO_ACCESS:
            return False
        if self.kind is StepKind.LEAD:
            return candidate.wants_email and candidate.has_room
        return candidate.is_available or not self.must_be_available

    def rule_for(self, candidate: Candidate, settings: Settings) -> Rule:
        if self.is_owner:
            return owner_rule(candidate)
        if self.kind is StepKind.KEEP:
            return Rule.KEPT if candidate.is_available else Rule.KEPT_OFFLINE
        if candidate.is_available:
            return rotation_rule(settings)
        return Rule.LEAD_ONLINE if candidate.is_online else Rule.LEAD


def owner_rule(candidate: Candidate) -> Rule:
    """Don't say the owner was emailed if they are online, may be online, or turned email off."""
    if candidate.is_available:
        return Rule.OWNER
    if candidate.is_online:
        return Rule.OWNER_ONLINE
    if candidate.status == CandidateStatus.UNKNOWN:
        return Rule.OWNER_UNKNOWN
    return Rule.OWNER_OFFLINE if candidate.wants_email else Rule.OWNER_OFFLINE_NO_EMAIL


def rotation_rule(settings: Settings) -> Rule:
    return Rule.FEWEST_OPEN if settings.fewest_open_first else Rule.ROUND_ROBIN


def response_minutes(settings: Settings, rule: str) -> int | None:
    """How long the member chosen by this rule has to answer; None means no limit."""
    by_owner_route = settings.to_owner and rule in OWNER_RULES
    return settings.owner_minutes if by_owner_route else settings.answer_minutes


Plan = Iterator[Step]


def plan_assignment(
    facts: Facts, settings: Settings, candidates: Iterable[Candidate], *, is_complete: bool = True
) -> Plan:
    """Yield the steps for a conversation that no one has, in order.

    The last step is the queue, unless an earlier one finds someone. is_complete: False if only the
    first of the rotation were checked. The plan then ends after them, because the later steps
    depend on everyone's status.
    """
    owner = facts.eligible_owner(settings)
    if owner is not None:
        yield Step(StepKind.OWNER, (owner,), is_owner=True)
    known = with_history(candidates, facts)
    yield from plan_rotation(known, settings)
    if not is_complete:
        return
    retries = bool(facts.timed_out_for)
    if retries:
        # A member who didn't answer in time is better than no one.
        retried = replace(facts, timed_out_for=frozenset())
        known = with_history(candidates, retried)
        if owner is None:
            yield from plan_available_owner(retried, settings, retries_timed_out=True)
        yield from plan_rotation(known, settings, retries_timed_out=True)
    if settings.leads == ASSIGN_LEADS:
        yield from plan_lead(known, settings, retries_timed_out=retries)
    yield Step(StepKind.QUEUE, retries_timed_out=retries)


def plan_reopened(
    facts: Facts, settings: Settings, candidates: Iterable[Candidate], *, is_complete: bool = True
) -> Plan:
    """Yield the steps for a conversation that the contact reopened.

    It goes to the contact's owner, else back to its last assignee if they are available or the
    inbox says so, else to someone else. If the assignee is Away and reassigns replies, someone
    else who is available comes before them.
    """
    owner = facts.eligible_owner(settings)
    if facts.assignee is not None and owner in (None, facts.assignee):
        if facts.reassigns_replies:
            for step in plan_reassignment(facts, settings, candidates):
                yield replace(step, reassigns_reply=True)
            if not is_complete:
                return
        yield Step(
            StepKind.KEEP,
            (facts.assignee,),
            must_be_available=not settings.keep_reopened,
            is_owner=owner is not None,
        )
    yield from plan_assignment(facts, settings, candidates, is_complete=is_complete)


def plan_reassignment(
    facts: Facts, settings: Settings, candidates: Iterable[Candidate], *, is_complete: bool = True
) -> Plan:
    """Yield the steps from the assignee to someone else who is available, the owner first.

    If no step finds anyone, the conversation stays with its assignee.
    """
    yield from plan_available_owner(facts, settings, from_assignee=True)
    yield from plan_rotation(with_history(candidates, facts), settings, from_assignee=True)


def plan_available_owner(facts: Facts, settings: Settings, **details) -> Plan:
    owner = facts.eligible_owner(settings)
    if owner is not None and facts.owner_status in (None, AVAILABLE):
        yield Step(StepKind.OWNER, (owner,), must_be_available=True, is_owner=True, **details)


def plan_rotation(candidates: list[Candidate], settings: Settings, **details) -> Plan:
    """Yield the available ones, least recently assigned first."""
    available = [each for each in candidates if each.is_available]
    if available:
        members = in_rotation(available, settings)
        yield Step(StepKind.ROTATION, members, must_be_available=True, **details)


def plan_lead(candidates: list[Candidate], settings: Settings, **details) -> Plan:
    """Yield the absent ones who can have it as an email lead, least recently assigned first.

    Yield no one while someone is online but at capacity, or may be online: then the conversation
    waits in the queue for a member who is online.
    """
    if any(each.status in KEEPS_LEADS_WAITING for each in candidates):
        return
    absent = [each for each in candidates if each.can_get_lead]
    if absent:
        yield Step(StepKind.LEAD, in_rotation(absent, settings), **details)


def with_history(candidates: Iterable[Candidate], facts: Facts) -> list[Candidate]:
    """Mark the candidates who gave the conversation up: they aren't asked again right away."""
    if not facts.released_by and not facts.timed_out_for:
        return list(candidates)
    return [
        each if (status := past_status(each, facts)) is None else each._replace(status=status)
        for each in candidates
    ]


def past_status(candidate: Candidate, facts: Facts) -> CandidateStatus | None:
    if candidate.status == CandidateStatus.NO_ACCESS:
        return None
    if candidate.membership_id in facts.released_by:
        return CandidateStatus.RELEASED
    if candidate.membership_id in facts.timed_out_for:
        return CandidateStatus.TIMED_OUT
    return None


def sort_candidates(candidates: Iterable[Candidate], settings: Settings) -> list[Candidate]:
    """Return the candidates in the order in which they would be asked: the available first."""
    key = rotation_key(settings)
    return sorted(candidates, key=lambda each: (not each.is_available, key(each)))


def in_rotation(candidates: list[Candidate], settings: Settings) -> tuple[UUID, ...]:
    found = sorted(candidates, key=rotation_key(settings)) if len(candidates) > 1 else candidates
    return tuple(each.membership_id for each in found)


def rotation_key(settings: Settings):
    return by_open_count if settings.fewest_open_first else by_last_assigned


def by_last_assigned(candidate: Candidate):
    """Sort a newcomer first. They get one conversation and then take turns like everyone else."""
    last = candidate.last_assigned_at
    return (-1 if last is None else last, candidate.membership_id)


def by_open_count(candidate: Candidate):
    return (candidate.open_count, *by_last_assigned(candidate))


def count_statuses(candidates: Iterable[Candidate]) -> dict[str, int]:
    """Return how many candidates have which status, the most frequent first."""
    return dict(Counter(str(each.status) for each in candidates).most_common())
