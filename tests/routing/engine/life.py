"""Let things happen in a company, event by event, and run the clock after each."""

import time
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact import set_owner
from inbox.actions.inbox import set_inbox_members
from inbox.actions.message import post_reply
from inbox.actions.resolution import CannotReopen, reopen_conversation, resolve_conversation
from inbox.actions.snooze import snooze_conversation, wake_conversation
from inbox.models import Conversation
from messagehub.lib import redis
from routing.actions.settings import save_availability, save_routing
from routing.models import Decision, Target
from teams import presence
from teams.actions import availability as states
from teams.actions.membership import add_member, reactivate_member, remove_member, suspend_member
from teams.actions.notifications import set_notifications
from teams.actions.team import save_team
from teams.models import Membership
from tests.conftest import Vera
from tests.routing.engine.company import stored_hours
from tests.routing.engine.conftest import TAB

NAMES = ["Alice", "Bob", "Bea", "Ben", "Olga"]
names = st.sampled_from(NAMES)
several = st.sets(names, max_size=4)
few = st.sets(names, max_size=2)
aims = st.sets(st.sampled_from([*NAMES, "team"]), max_size=3)
agents = st.sampled_from(NAMES[1:])
numbers = st.integers(0, 50)
desks = st.sampled_from([0, 1])
schedules = st.sampled_from(["always", "always", "always", "day", "night", "never"])
limits = st.sampled_from([None, None, 1, 2, 3])
minutes = st.sampled_from([None, 1, 5, 30])
spans = st.sampled_from([1, 2, 6, 20, 60, 600])
rules = st.fixed_dictionaries(
    {
        "fewest_open_first": st.booleans(),
        "to_owner": st.booleans(),
        "owner_minutes": minutes,
        "leads": st.sampled_from(["queue", "assign"]),
        "answer_minutes": minutes,
        "keep_reopened": st.booleans(),
    }
)


def make_event(name):
    def event(self, **details):
        getattr(self, name)(**details)

    return event


class Life(RuleBasedStateMachine):
    """company: the expected state; visitors: a list of Vera."""

    def person(self, name):
        membership = Membership.objects.with_related().get(pk=self.company.people[name].pk)
        return self.company.people[name], membership

    @property
    def alice(self):
        return self.person("Alice")[1]

    def one(self, number, **having):
        """Return one of the conversations that match, or None."""
        found = Conversation.objects.with_related().filter(**having).order_by("number")
        return found[number % len(found)] if found else None

    # --- Contacts write ---

    def writes(self, number, desk, taps):
        if number % (len(self.visitors) + 1) == len(self.visitors):
            self.visitors.append(Vera(self.company.desks[desk].inbox))
        visitor = self.visitors[number % len(self.visitors)]
        tap = uuid4()
        for turn in range(taps):
            before = set(Decision.objects.values_list("pk", flat=True))
            with transaction.atomic():
                message = visitor.writes(client_id=tap)
                about = Decision.objects.filter(conversation=message.conversation)
                assert about.exclude(pk__in=before).count() <= (1 if turn == 0 else 0)

    # This is the most frequent event.
    a_contact_writes, they_write, one_writes, another_writes, someone_writes = (
        rule(number=numbers, desk=desks, taps=st.sampled_from([1, 1, 2]))(make_event("writes"))
        for _ in range(5)
    )

    # --- Agents act ---

    @rule(number=numbers, name=names)
    def answers(self, number, name):
        conversation = self.one(number, status="open")
        person, membership = self.person(name)
        if conversation and self.company.may_open(person, self.company.desk_of(conversation)):
            post_reply(conversation, body="Hi", client_id=uuid4(), by=membership)
            if conversation.assignee_id == membership.pk and not conversation.is_routed:
                self.checks.chosen_by_hand[conversation.pk] = membership.pk

    @rule(number=numbers)
    def resolves(self, number):
        if conversation := self.one(number, status__in=["open", "snoozed"]):
            self.checks.chosen_by_hand.pop(conversation.pk, None)
            resolve_conversation(conversation, by=self.alice)

    @rule(number=numbers)
    def reopens(self, number):
        if conversation := self.one(number, status="resolved"):
            with suppress(CannotReopen):
                reopen_conversation(conversation, by=self.alice)

    @rule(number=numbers)
    def snoozes(self, number):
        if conversation := self.one(number, status="open"):
            until = timezone.now() + timedelta(minutes=30)
            snooze_conversation(conversation, until=until, by=self.alice)

    @rule(number=numbers)
    def wakes(self, number):
        if conversation := self.one(number, status="snoozed"):
            wake_conversation(conversation, by=self.alice)

    @rule(number=numbers, themselves=st.booleans())
    def puts_back(self, number, themselves):
        if conversation := self.one(number, status="open", assignee__isnull=False):
            self.checks.chosen_by_hand.pop(conversation.pk, None)
            by = conversation.assignee if themselves else self.alice
            assign_conversation(conversation, assignee=None, by=by)

    @rule(number=numbers, name=names)
    def assigns(self, number, name):
        conversation = self.one(number, status="open")
        person, membership = self.person(name)
        if conversation and self.company.may_open(person, self.company.desk_of(conversation)):
            changed = assign_conversation(conversation, assignee=membership, by=self.alice)
            if changed:
                self.checks.chosen_by_hand[conversation.pk] = membership.pk

    @rule(number=numbers, name=st.sampled_from([*NAMES, None]))
    def gets_an_owner(self, number, name):
        if conversation := self.one(number):
            owner = self.person(name)[1] if name else None
            set_owner(conversation.contact, owner=owner, by=self.alice)

    # --- People come and go ---

    @rule(name=names, reassigns=st.booleans())
    def goes_away(self, name, reassigns):
        person, membership = self.person(name)
        person.away, person.reassigns = True, reassigns
        states.set_reassign_replies(membership, reassigns)
        states.set_away(membership)

    @rule(name=names)
    def comes_back(self, name):
        person, membership = self.person(name)
        person.away = False
        states.set_available(membership)

    @rule(some=several)
    def open_a_page(self, some):
        """Open pages at the same moment: no status is published before all members are online."""
        if self.company.is_blind:
            return
        for name in some:
            person, membership = self.person(name)
            person.online = True
            presence.record_heartbeat(membership, TAB)

    @rule(name=names)
    def opens_a_page(self, name):
        person, membership = self.person(name)
        person.online = person.online or not (self.company.is_blind or person.gone)
        if not person.gone:
            states.record_heartbeat(membership, tab=TAB)

    @rule(name=names)
    def falls_silent(self, name):
        if self.company.is_blind:
            return
        person, membership = self.person(name)
        person.online = False
        tab = {f"{membership.pk}:{TAB}": 1}
        redis.client().zadd(presence.redis_key(membership.workspace_id), tab, xx=True)

    @rule(name=names, limit=limits)
    def has_a_limit(self, name, limit):
        person, membership = self.person(name)
        person.capacity = limit
        states.set_capacity(membership, limit, by=self.alice)

    @rule(name=names, mine=st.booleans())
    def wants_email(self, name, mine):
        person, membership = self.person(name)
        person.wants_email = mine
        wanted = {
            "email_mine": mine,
            "email_queue": True,
            "email_mentions": True,
            "quiet_from": None,
            "quiet_to": None,
        }
        set_notifications(membership, **wanted, by=membership)

    @rule(name=names, schedule=schedules)
    def has_hours(self, name, schedule):
        person, membership = self.person(name)
        person.schedule = schedule
        states.set_hours(membership, hours=stored_hours(schedule), time_zone="UTC", by=self.alice)

    @rule(name=agents, removed=st.booleans())
    def leaves(self, name, removed):
        person, membership = self.person(name)
        if person.gone:
            return
        person.gone = True
        if removed:
            self.company.team.discard(name)
            for desk in self.company.desks:
                desk.people.discard(name)
        self.forget_what_they_had(person)
        (remove_member if removed else suspend_member)(membership, by=self.alice)

    def forget_what_they_had(self, person):
        theirs = Conversation.objects.filter(assignee=person.pk).values_list("pk", flat=True)
        for pk in theirs:
            self.checks.chosen_by_hand.pop(pk, None)

    @rule(name=agents)
    def returns(self, name):
        person, membership = self.person(name)
        if not person.gone:
            return
        person.gone = False
        if membership.removed_at:
            add_member(self.alice.workspace, user=membership.user)
            person.away = False
        else:
            reactivate_member(membership, by=self.alice)

    # --- Administrators change settings ---

    @rule(desk=desks, some=several)
    def gets_people(self, desk, some):
        desk = self.company.desks[desk]
        lost = desk.people - some
        desk.people = {name for name in some if not self.is_removed(name)}
        for name in lost:
            if not self.company.people[name].is_admin:
                self.forget_what_they_had(self.company.people[name])
        members = [self.person(name)[1] for name in desk.people]
        set_inbox_members(desk.inbox, members=members, by=self.alice)

    def is_removed(self, name):
        return self.person(name)[1].removed_at is not None

    @rule(some=several)
    def join_the_team(self, some):
        self.company.team = {name for name in some if not self.is_removed(name)}
        members = [self.person(name)[1] for name in self.company.team]
        save_team(self.alice.workspace, team=self.team, name="Team", members=members, by=self.alice)

    @rule(desk=desks, rules=rules, aims=aims)
    def gets_rules(self, desk, rules, aims):
        desk = self.company.desks[desk]
        desk.rules, desk.targets = rules, aims
        save_routing(
            desk.inbox,
            targets=[self.target(desk, each) for each in aims],
            by=self.alice,
            **rules,
        )

    def target(self, desk, name):
        whom = {"team": self.team} if name == "team" else {"membership": self.person(name)[1]}
        return Target(workspace_id=desk.inbox.workspace_id, inbox=desk.inbox, **whom)

    @rule(desk=desks, schedule=schedules)
    def gets_opening_hours(self, desk, schedule):
        desk = self.company.desks[desk]
        desk.schedule = schedule
        hours = stored_hours(schedule)
        save_availability(desk.inbox, hours=hours, reply_minutes=None, by=self.alice)

    # --- Time and failures ---

    @rule(some=spans)
    def time_passes(self, some):
        self.clock.advance(minutes=some)

    @rule(some=spans, number=numbers, desk=desks)
    def someone_writes_before_any_sweep(self, some, number, desk):
        """Let a visitor write when hours may have begun but no status was published yet."""
        self.clock.advance(minutes=some)
        self.writes(number, desk, 1)

    @rule(away=st.booleans())
    def redis_is_away(self, away):
        self.company.is_blind = away
        pool = redis.client().connection_pool
        pool.unavailable_until = time.monotonic() + 600 if away else 0.0
