"""Who might get a conversation now, each with a reason code.

Codes are those of teams.availability, and: no_access (may not open this inbox), inbox_closed
(there, but outside its opening hours), put_it_back and let_it_pass (had this conversation).
"""

from collections import Counter
from functools import cached_property
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, FilteredRelation, Func, JSONField, Q, UUIDField, Value
from django.utils import timezone

from routing.choice import AT_CAPACITY, AVAILABLE, Candidate, in_order
from routing.pool import pool, targets_of
from teams import presence
from teams.availability import code_of
from teams.hours import Hours
from teams.load import open_chats

COLUMNS = ("pk", "user__name", "user__email", "away_since", "capacity", "time_zone")
# A larger pool is looked at person by person only where somebody is online, unless all are asked.
SMALL = 100


class Person:
    """What availability asks of a membership, without the cost of a thousand model instances."""

    __slots__ = (
        "away_since",
        "capacity",
        "hours",
        "name",
        "pk",
        "time_zone",
        "turn",
        "workspace",
    )
    is_active = True  # the pool is of active members

    def __init__(self, workspace, row):
        self.workspace = workspace
        self.pk, name, email, self.away_since, self.capacity, self.time_zone, *more = row
        self.hours, self.turn = more
        self.name = name or email

    @property
    def has_schedule(self):
        return bool(self.hours or self.workspace.holidays)

    @property
    def office_hours(self):
        zone = ZoneInfo(self.time_zone or self.workspace.time_zone)
        return Hours.read(self.hours, zone=zone, holidays=self.workspace.holidays)


class Circle:
    """The people of an inbox at one moment, and what is known about each.

    targets: others than the stored ones, to try them out. count_all: the load of everybody, not
    only of those with a limit. nearest: of a large pool only those with a page open are looked
    at; `far` then says how many are offline, and only `everybody` knows which of them is away too.
    """

    def __init__(self, inbox, *, count_all=False, targets=None, nearest=False):
        self.inbox, self.now = inbox, timezone.now()
        self.count_all = count_all
        self.online = presence.online(inbox.workspace_id)
        self.targets = targets_of(inbox) if targets is None else targets
        self.pool = pool(inbox, self.targets).select_related(None)
        self.size = self.pool.count() if nearest else 0
        self.is_nearest = self.size > SMALL and self.online is not None

    @cached_property
    def people(self):
        near = self.pool.filter(is_one_of(self.online)) if self.is_nearest else self.pool
        return read_people(self.inbox, near)

    @property
    def far(self):
        return {"offline": self.size - len(self.people)} if self.is_nearest else {}

    @cached_property
    def loads(self):
        people = self.people
        counted = [each.pk for each in people if self.count_all or each.capacity is not None]
        return open_chats(self.inbox.workspace_id, counted)

    def everybody(self):
        """The same circle with nobody left out."""
        return Circle(self.inbox, count_all=self.count_all, targets=self.targets)

    @cached_property
    def able(self):
        """Those who may open the inbox; only chosen users and teams can hold somebody else."""
        if not self.targets:
            return None
        return set(self.inbox.answerers.values_list("pk", flat=True))

    @cached_property
    def is_open(self):
        return self.inbox.opening_hours.is_open(self.now)

    def candidates(self, conversation=None, *, fewest_open_first=False) -> list[Candidate]:
        """In the order in which they would be asked."""
        past = past_of(conversation) if conversation is not None else {}
        found = [self.candidate(person, past) for person in self.people]
        return in_order(found, fewest_open_first=fewest_open_first)

    def candidate(self, person, past):
        load = self.loads.get(person.pk, 0)
        code = self.code(person, past, load)
        return Candidate(person.pk, person.name, code, person.turn, load, person.capacity)

    def code(self, person, past, load):
        if self.able is not None and person.pk not in self.able:
            return "no_access"
        if person.pk in past:
            return past[person.pk]
        code = code_of(person, self.online, load=load, now=self.now)
        return "inbox_closed" if code in (AVAILABLE, AT_CAPACITY) and not self.is_open else code


def read_people(inbox, people):
    """Hours come only where there are some: reading a thousand empty ones costs as much as all."""
    empty = Value({}, JSONField())
    people = people.annotate(
        here=FilteredRelation("turns", condition=Q(turns__inbox=inbox.pk)),
        some_hours=Func(F("hours"), empty, function="NULLIF", output_field=JSONField()),
    )
    rows = people.values_list(*COLUMNS, "some_hours", "here__turn")
    return [Person(inbox.workspace, row) for row in rows]


def is_one_of(ids):
    """One parameter whatever their number, where `pk__in` has one each."""
    ids = Func(Value(list(ids), ArrayField(UUIDField())), function="ANY")
    words = {"template": "%(expressions)s", "arg_joiner": " = "}
    return Func(F("pk"), ids, output_field=BooleanField(), **words)


def past_of(conversation):
    """Whoever had this conversation and gave it up is not asked again right away."""
    past = dict.fromkeys(conversation.passed_by, "let_it_pass")
    if conversation.put_back_by_id:
        past[conversation.put_back_by_id] = "put_it_back"
    return past


def list_candidates(inbox, routing=None, conversation=None, targets=None) -> list[Candidate]:
    """Everybody of the inbox, in the order in which they would be asked."""
    fewest = bool(routing and routing.fewest_open_first)
    circle = Circle(inbox, count_all=fewest, targets=targets)
    return circle.candidates(conversation, fewest_open_first=fewest)


def tally(candidates) -> dict[str, int]:
    """How many have which code, the most frequent first."""
    return dict(Counter(each.code for each in candidates).most_common())
