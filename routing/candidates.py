"""Who might get a conversation now, each with a reason code.

Codes are those of teams.availability, and: no_access (may not open this inbox), inbox_closed
(there, but outside its opening hours), released and timed_out (had this conversation),
not_checked (there, and later in turn than all who were looked at: of a large pool only counted).
"""

from collections import Counter
from functools import cache, cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, FilteredRelation, Func, JSONField, Q, Value, Window
from django.utils import timezone

from inbox.models import Inbox
from messagehub.lib.prepared_query import PreparedQuery, is_one_of
from routing.policy import AT_CAPACITY, AVAILABLE, NOT_CHECKED, Candidate, in_order
from routing.targets import among, chosen, is_large, list_targets
from teams import presence
from teams.availability import status_of
from teams.hours import Hours
from inbox.open_counts import count_open_conversations

COLUMNS = ("pk", "user__name", "user__email", "away_at", "capacity", "time_zone", "email_mine")
# Of a large pool so many are looked at, unless none of them can take it.
MOST_CHECKED = 25


class Person:
    """What availability asks of a membership, without the cost of a thousand model instances."""

    __slots__ = (
        "away_at",
        "capacity",
        "hours",
        "name",
        "pk",
        "time_zone",
        "turn",
        "wants_mail",
        "workspace",
    )
    is_active = True  # the pool is of active members

    def __init__(self, workspace, row):
        self.workspace = workspace
        self.pk, name, email, self.away_at, self.capacity, self.time_zone, *more = row
        self.wants_mail, self.hours, self.turn, _size = more
        self.name = name or email

    @property
    def has_schedule(self):
        return bool(self.hours or self.workspace.holidays)

    @property
    def office_hours(self):
        zone = ZoneInfo(self.time_zone or self.workspace.time_zone)
        return Hours.read(self.hours, zone=zone, holidays=self.workspace.holidays)


class CandidatePool:
    """The people of an inbox at one moment, and what is known about each.

    targets: others than the stored ones, to try them out. count_all: the load of everybody, not
    only of those with a limit. nearest: of a large pool only those with a page open are looked
    at, the first in turn; `far` says how many more of them there are, and only `everybody` knows
    why the others cannot.
    """

    def __init__(self, inbox, *, count_all=False, targets=None, nearest=False):
        self.inbox, self.now = inbox, timezone.now()
        self.count_all = count_all
        self.online = presence.find_online(inbox.workspace_id)
        self.targets = list_targets(inbox) if targets is None else targets
        self.is_partial = nearest and self.online is not None and is_large(inbox, self.targets)

    @cached_property
    def rows(self):
        asked = {"inbox": self.inbox.pk}
        if self.targets:
            users, teams = chosen(self.targets)
            asked |= {"workspace": self.inbox.workspace_id, "users": users, "teams": teams}
        if self.is_partial:
            asked["online"] = list(self.online)
        # Who has the fewest open conversations is known only of those who were looked at.
        most = MOST_CHECKED if self.is_partial and not self.count_all else None
        return people_in_turn(tuple(asked), most).all(**asked)

    @cached_property
    def people(self):
        return [Person(self.inbox.workspace, row) for row in self.rows]

    @property
    def far(self):
        """{code: how many} of those who are there and were not looked at."""
        more = self.rows[0][-1] - len(self.rows) if self.rows else 0
        return {NOT_CHECKED: more} if more else {}

    @cached_property
    def loads(self):
        people = self.people
        counted = [each.pk for each in people if self.count_all or each.capacity is not None]
        return count_open_conversations(self.inbox.workspace_id, counted)

    def everybody(self):
        """The same circle with nobody left out."""
        return CandidatePool(self.inbox, count_all=self.count_all, targets=self.targets)

    @cached_property
    def able(self):
        """Those who may open the inbox; only chosen users and teams can hold somebody else."""
        if not self.targets:
            return None
        return set(self.inbox.possible_assignees.values_list("pk", flat=True))

    @cached_property
    def is_open(self):
        return self.inbox.opening_hours.is_open(self.now)

    def candidates(self, conversation=None, *, fewest_open_first=False) -> list[Candidate]:
        """In the order in which they would be asked."""
        past = excluded_members(conversation) if conversation is not None else {}
        found = [self.candidate(person, past) for person in self.people]
        return in_order(found, fewest_open_first=fewest_open_first)

    def candidate(self, person, past):
        load = self.loads.get(person.pk, 0)
        code = self.code(person, past, load)
        about = (person.turn, load, person.capacity, person.wants_mail)
        return Candidate(person.pk, person.name, code, *about)

    def code(self, person, past, load):
        if self.able is not None and person.pk not in self.able:
            return "no_access"
        if person.pk in past:
            return past[person.pk]
        code = status_of(person, self.online, open_count=load, now=self.now)
        return "inbox_closed" if code in (AVAILABLE, AT_CAPACITY) and not self.is_open else code


def in_turn(people, inbox):
    """Rows for Person, whoever was given a chat least recently first; how many, at the end of each.

    Hours come only where there are some: reading a thousand empty ones costs as much as all.
    """
    empty = Value({}, JSONField())
    people = people.select_related(None).annotate(
        place=FilteredRelation("turns", condition=Q(turns__inbox=inbox)),
        some_hours=Func(F("hours"), empty, function="NULLIF", output_field=JSONField()),
        size=Window(Count("pk")),
    )
    people = people.order_by(F("place__turn").asc(nulls_first=True), "pk")
    return people.values_list(*COLUMNS, "some_hours", "place__turn", "size")


@cache
def people_in_turn(names, most):
    """The question for them, by the names of what is known: asked with every message."""
    types = {"users": list, "teams": list, "online": list}

    def make(inbox, online=None, **targets):
        people = among(**targets) if targets else Inbox(pk=inbox).agents
        people = people if online is None else people.filter(is_one_of(online))
        return in_turn(people, inbox)[:most]

    return PreparedQuery(make, **{name: types.get(name, UUID) for name in names})


def excluded_members(conversation):
    """Whoever had this conversation and gave it up is not asked again right away."""
    past = dict.fromkeys(conversation.timed_out_for, "timed_out")
    return past | dict.fromkeys(conversation.released_by, "released")


def list_candidates(inbox, routing=None, conversation=None, targets=None) -> list[Candidate]:
    """Everybody of the inbox, in the order in which they would be asked."""
    fewest = bool(routing and routing.fewest_open_first)
    circle = CandidatePool(inbox, count_all=fewest, targets=targets)
    return circle.candidates(conversation, fewest_open_first=fewest)


def tally(candidates) -> dict[str, int]:
    """How many have which code, the most frequent first."""
    return dict(Counter(each.code for each in candidates).most_common())
