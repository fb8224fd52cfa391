"""A small company and its agents: an independent model of who can take a chat."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone

from inbox.models import Conversation
from routing.models import RotationEntry
from tests.routing.hours import ALWAYS_CLOSED

EVERY_DAY = range(7)
# What is stored, and the hours of the day (in UTC, the company's time zone) when it is open.
SCHEDULES = {
    "always": ({}, range(24)),
    "day": ([("09:00", "17:00")], range(9, 17)),
    "night": ([("22:00", "06:00")], [22, 23, *range(6)]),
    "never": (ALWAYS_CLOSED, []),
}
ABSENT = {"away", "outside_office_hours", "day_off", "offline", "inbox_closed"}


def stored_hours(schedule):
    hours = SCHEDULES[schedule][0]
    if isinstance(hours, dict):
        return hours
    return {
        "week": [{"day": day, "from": a, "to": b} for day in EVERY_DAY for a, b in hours],
    }


def is_on(schedule):
    return timezone.now().hour in SCHEDULES[schedule][1]


@dataclass
class Person:
    membership: object
    is_admin: bool = False
    online: bool = False
    away: bool = False
    reassigns: bool = False
    capacity: int | None = None
    schedule: str = "always"
    wants_email: bool = True
    gone: bool = False  # removed or suspended

    @property
    def pk(self):
        return self.membership.pk


@dataclass
class Desk:
    """An inbox, its agents and its settings."""

    inbox: object
    people: set = field(default_factory=set)
    targets: set = field(default_factory=set)  # names, and "team"
    schedule: str = "always"
    rules: dict = field(default_factory=dict)


class Company:
    def __init__(self, people, desks):
        self.people = people  # {name: Person}
        self.desks = desks
        self.team = set()
        self.is_blind = False  # Redis is unavailable
        self.open_counts = Counter()

    def look(self):
        """Count everyone's open conversations."""
        held = Conversation.objects.filter(status="open").exclude(assignee=None)
        self.open_counts = Counter(held.values_list("assignee", flat=True))

    def has_room(self, person):
        return person.capacity is None or self.open_counts[person.pk] < person.capacity

    def person(self, pk):
        return next((each for each in self.people.values() if each.pk == pk), None)

    def desk_of(self, conversation):
        return next(each for each in self.desks if each.inbox.pk == conversation.inbox_id)

    def may_open(self, person, desk):
        return not person.gone and (person.is_admin or self.name(person) in desk.people)

    def name(self, person):
        return next(name for name, each in self.people.items() if each is person)

    def pool(self, desk):
        targets = {name for name in desk.targets if name == "team" or not self.people[name].gone}
        names = targets or set(desk.people)
        if "team" in names:
            names |= self.team
        return [self.people[name] for name in names if name != "team"]

    def asked(self, desk):
        return [person for person in self.pool(desk) if not person.gone]

    def state(self, person):
        """Return the status of a member, regardless of inboxes."""
        if person.away:
            return "away"
        if not is_on(person.schedule):
            return "day_off" if person.schedule == "never" else "outside_office_hours"
        if self.is_blind:
            return "unknown"
        if not person.online:
            return "offline"
        return "available" if self.has_room(person) else "at_capacity"

    def is_online(self, person):
        """Return whether they see what is written to them."""
        return self.state(person) in ("available", "at_capacity")

    def code(self, person, desk, conversation=None):
        """Return the status of a candidate for a conversation."""
        if not self.may_open(person, desk):
            return "no_access"
        if conversation is not None and person.pk in conversation.released_by:
            return "released"
        if conversation is not None and person.pk in conversation.timed_out_for:
            return "timed_out"
        state = self.state(person)
        if state in ("available", "at_capacity") and not is_on(desk.schedule):
            return "inbox_closed"
        return state

    def tally(self, conversation):
        desk = self.desk_of(conversation)
        return Counter(self.code(each, desk, conversation) for each in self.asked(desk))

    def next(self, conversation):
        """Return the available one who is first in the rotation, or has the fewest open."""
        desk = self.desk_of(conversation)
        asked = self.asked(desk)
        free = [each for each in asked if self.code(each, desk, conversation) == "available"]
        return self.first(free, desk)

    def next_lead(self, conversation):
        desk = self.desk_of(conversation)
        found = {each.pk: self.code(each, desk, conversation) for each in self.asked(desk)}
        if {"available", "at_capacity", "unknown"} & set(found.values()):
            return None
        absent = [each for each in self.asked(desk) if found[each.pk] in ABSENT]
        absent = [each for each in absent if self.has_room(each) and each.wants_email]
        return self.first(absent, desk)

    def first(self, people, desk):
        counts = dict(
            RotationEntry.objects.filter(inbox=desk.inbox).values_list(
                "membership", "last_assigned_at"
            )
        )

        def sort_key(person):
            last = (counts.get(person.pk, -1), person.pk)
            return (self.open_counts[person.pk], *last) if desk.rules["fewest_open_first"] else last

        return min(people, key=sort_key, default=None)

    def owner(self, conversation):
        """Return the owner if they should get the conversation first, else None."""
        desk = self.desk_of(conversation)
        person = self.person(
            type(conversation.contact).objects.get(pk=conversation.contact_id).owner_id
        )
        if not desk.rules["to_owner"] or person is None or not self.may_open(person, desk):
            return None
        gave_up = {*conversation.released_by, *conversation.timed_out_for}
        return None if person.pk in gave_up else person
