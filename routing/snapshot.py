"""What an inbox could do with its conversations at this moment, before each is locked."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from inbox.models import Inbox
from routing.candidates import CandidatePool
from routing.models import Routing
from routing.policy import Candidate, Facts, StepKind, plan_assignment, plan_reassignment
from routing.targets import possible_assignees

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class InboxSnapshot:
    """settings: None if they couldn't be read, which means that nothing can be assigned now.

    owner_statuses: of all who can be assigned a conversation as its contact's owner.
    """

    settings: Routing | None = None
    candidates: tuple[Candidate, ...] = ()
    owner_statuses: Mapping[UUID, str] = field(default_factory=dict)
    answers: dict[frozenset, bool] = field(default_factory=dict, compare=False)

    def can_assign(self, owner, released_by):
        """Return whether a waiting conversation whose contact has this owner would be assigned."""
        owner = owner if owner in self.owner_statuses else None
        known = (owner, frozenset(released_by))
        if known not in self.answers:
            facts = Facts(owner=owner, released_by=known[1])
            self.answers[known] = self.finds_someone(plan_assignment, facts)
        return self.answers[known]

    def can_reassign(self, assignee, owner, released_by, timed_out_for):
        """Return whether someone else would be assigned an overdue conversation."""
        facts = Facts(
            owner=owner if owner in self.owner_statuses else None,
            owner_status=self.owner_statuses.get(owner),
            assignee=assignee,
            released_by=frozenset(released_by),
            timed_out_for=frozenset({assignee, *timed_out_for}),
        )
        return self.finds_someone(plan_reassignment, facts)

    def finds_someone(self, make_plan, facts):
        if self.settings is None:
            return False
        step = next(make_plan(facts, self.settings, self.candidates), None)
        return step is not None and step.kind is not StepKind.QUEUE


class Snapshots:
    """Each inbox, and each team in it, is read once; forget() it after something has changed it.

    team: the id of the team that a conversation was given to, or None.
    """

    def __init__(self):
        self.known = {}

    def of(self, inbox, team=None) -> InboxSnapshot:
        if (inbox, team) not in self.known:
            self.known[inbox, team] = safely_take_snapshot(inbox, team)
        return self.known[inbox, team]

    def forget(self, inbox, team=None):
        self.known.pop((inbox, team), None)


def safely_take_snapshot(inbox, team):
    """Log an error in one inbox, so that it doesn't hold up the others."""
    try:
        return take_snapshot(Inbox.objects.select_related("workspace").get(pk=inbox), team)
    except Exception:
        logger.exception("candidates of inbox %s", inbox)
        return InboxSnapshot()


def take_snapshot(inbox, team=None):
    routing = Routing.objects.of(inbox)
    pool = CandidatePool(inbox, team=team, count_all=routing.fewest_open_first)
    owners = list(possible_assignees(inbox, team)) if routing.to_owner else []
    open_counts = pool.count_open(owners)
    return InboxSnapshot(
        settings=routing,
        candidates=tuple(pool.candidates()),
        owner_statuses={
            each.pk: pool.status(each, open_counts.get(each.pk, 0))[0] for each in owners
        },
    )
