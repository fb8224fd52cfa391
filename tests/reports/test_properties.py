"""Random histories: a second, simple model, a rebuild and a look-up give the same."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox.actions.assignment import assign_conversation
from inbox.actions.contact_merge import merge_contacts
from inbox.actions.label import change_labels, delete_label, save_label
from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.actions.snooze import snooze_conversation, wake_conversation
from inbox.actions.sorting import set_team
from inbox.models import Contact, Conversation, ConversationLabel, Message
from reports.facts import Entry, facts_of
from reports.filters import Filters
from reports.measuring import measure
from reports.models import Fact, Kind
from reports.open_time import open_seconds
from reports.recording import rebuild, record_new_entries
from reports.tables import conversation_teams as teams
from reports.tables import labels
from teams.actions.team import delete_team, save_team
from teams.hours import Hours, Interval
from tests.budget import examples
from tests.conftest import Vera, goes_offline, goes_online
from tests.house.rollback import rolled_back

START = datetime(2026, 3, 28, 20, tzinfo=UTC)
PEOPLE = (UUID(int=1), UUID(int=2))

events = st.sampled_from(
    ["contact", "reply", "note", "resolved", "reopened", "snoozed", "woken", "owner_set"]
)


@st.composite
def timelines(draw):
    at, entries = START, []
    for seq, event in enumerate(draw(st.lists(events, max_size=14)), start=1):
        at += timedelta(seconds=draw(st.integers(0, 90_000)))
        is_message = event in ("contact", "reply", "note")
        author = draw(st.sampled_from(PEOPLE)) if event != "contact" else None
        kind, activity = (event, "") if is_message else ("activity", event)
        entries.append(Entry(seq, kind, activity, {}, author, at))
    return entries


def kind_of(entry):
    return entry.activity or entry.kind


def modelled_responses(entries):
    """For each reply: look back for what ended the last wait, then for who wrote first since."""
    responses = []
    for position, entry in enumerate(entries):
        if entry.kind != "reply":
            continue
        earlier = entries[:position]
        enders = [at for at, each in enumerate(earlier) if kind_of(each) in ("reply", "resolved")]
        since = earlier[enders[-1] + 1 if enders else 0 :]
        wrote = [each.created_at for each in since if each.kind == "contact"]
        if not wrote:
            responses.append((Kind.FURTHER_REPLY, None))
            continue
        is_next = any(kind != Kind.FURTHER_REPLY for kind, _seconds in responses)
        kind = Kind.NEXT_REPLY if is_next else Kind.FIRST_REPLY
        responses.append((kind, entry.created_at - wrote[0]))
    return responses


def modelled_resolutions(entries):
    """From the latest reopening, or from the beginning."""
    found = []
    for position, entry in enumerate(entries):
        if kind_of(entry) == "resolved":
            starts = [each for each in entries[:position] if kind_of(each) == "reopened"]
            begin = starts[-1] if starts else entries[0]
            found.append(entry.created_at - begin.created_at)
    return found


def taken(facts, *kinds):
    return [
        (fact.kind, None if fact.since is None else fact.at - fact.since)
        for fact in facts
        if fact.kind in kinds
    ]


@given(timelines())
def test_responses_and_resolutions_are_those_of_a_simple_model(entries):
    facts = facts_of(entries, {})
    replies = taken(facts, Kind.FIRST_REPLY, Kind.NEXT_REPLY, Kind.FURTHER_REPLY)
    assert replies == modelled_responses(entries)
    assert [span for _kind, span in taken(facts, Kind.RESOLVED)] == modelled_resolutions(entries)
    count = Counter(map(kind_of, entries))
    assert Counter(fact.kind for fact in facts)[Kind.REOPENED] == count["reopened"]
    assert Counter(fact.kind for fact in facts)[Kind.NEW] == bool(entries)


@given(timelines())
def test_facts_are_those_of_the_timeline_so_far(entries):
    """Later entries only add facts; of the earlier ones, only whose the new one is may change."""
    for length in range(len(entries)):
        before, after = facts_of(entries[:length], {}), facts_of(entries[: length + 1], {})
        assert len(before) <= len(after)
        assert before[1:] == after[1 : len(before)]


WEEK = tuple(
    Interval(day, begin, until)
    for day in range(7)
    for begin, until in [(time(1), time(5)), (time(22), time(0, 30))]
)


@given(
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    st.integers(0, 60 * 24 * 380),
    st.integers(0, 60 * 50),
)
def test_opening_hours_are_added_up_minute_by_minute(zone, start, length):
    hours = Hours(ZoneInfo(zone), WEEK)
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    minutes = (begin + timedelta(minutes=number) for number in range(length))
    expected = 60 * sum(hours.is_open(each) for each in minutes)
    assert open_seconds(hours, begin, begin + timedelta(minutes=length)) == expected


class World:
    """Acme, one visitor, and steps that the product's verbs take at later and later times."""

    def __init__(self, acme):
        self.acme, self.vera = acme, Vera(acme.inbox)

    @property
    def conversation(self):
        return Conversation.objects.select_related("workspace", "inbox").first()

    def take(self, step):
        if step == "record":
            record_new_entries()
        elif step in ("bob comes", "bob goes"):
            (goes_online if step == "bob comes" else goes_offline)(self.acme.bob)
        elif step == "writes":
            self.vera.writes(client_id=uuid4())
        elif step.startswith("delete "):
            self.delete(step.removeprefix("delete "))
        elif self.conversation is not None:
            self.change(self.conversation, step)

    def delete(self, what):
        workspace = self.acme.workspace
        if what == "conversation":
            workspace.conversations.all().delete()
        elif label := workspace.labels.filter(name=what).first():
            delete_label(label, by=self.acme.alice)
        elif team := workspace.teams.filter(name=what).first():
            delete_team(team, by=self.acme.alice)

    def merge_contact(self, conversation):
        other = Contact.objects.create(workspace=self.acme.workspace, name="Max")
        merge_contacts(other, conversation.contact, by=self.acme.alice)

    def change(self, conversation, step):
        bob, bea = self.acme.bob, self.acme.bea
        if step == "bob replies":
            post_reply(conversation, body="Hi", client_id=uuid4(), by=bob)
        elif step == "bea notes":
            post_note(conversation, body="Hm", client_id=uuid4(), by=bea)
        elif step == "resolves":
            resolve_conversation(conversation, by=bea)
        elif step == "reopens":
            reopen_conversation(conversation, by=bob)
        elif step == "to bea":
            assign_conversation(conversation, assignee=bea, by=bob)
        elif step == "to no one":
            assign_conversation(conversation, assignee=None, by=bob)
        elif step == "snoozes":
            until = timezone.now() + timedelta(hours=1)
            snooze_conversation(conversation, until=until, by=bob)
        elif step == "wakes":
            wake_conversation(conversation, by=bob)
        elif step == "merges":
            self.merge_contact(conversation)
        elif step.startswith("team "):
            team = conversation.workspace.teams.filter(name=step.removeprefix("team ")).first()
            set_team(conversation, team=team, by=bob)
        else:
            verb, name = step.split()
            labels = list(conversation.workspace.labels.filter(name=name))
            change_labels(conversation, **{verb: labels}, by=bob)


STEPS = ["writes", "bob replies", "bea notes", "resolves", "reopens", "to bea", "to no one"]
STEPS += ["snoozes", "wakes", "bob comes", "bob goes", "record"]
SORTING = ["add Billing", "add Refund", "remove Billing", "team Sales", "team Support", "team none"]
SORTING += ["delete Billing", "delete Sales", "delete conversation", "merges"]
SORTING += ["writes", "resolves", "reopens"]


def recorded():
    fields = ("conversation", "seq", "kind", "at", "member", "seconds", "open_seconds", "rule")
    return sorted(Fact.objects.values_list(*fields), key=str)


def looked_up(filters):
    """Count facts and add up durations by today's labels and teams, as the conversations say."""
    rows = Fact.objects.filter(at__gte=filters.period.begin, at__lt=filters.period.until)
    totals = Counter()
    for kind, seconds, conversation in rows.values_list("kind", "seconds", "conversation"):
        labels = ConversationLabel.objects.filter(conversation=conversation)
        groups = {*labels.values_list("label", flat=True)}
        groups.add(Conversation.objects.get(pk=conversation).team_id)
        for group in groups - {None}:
            totals[group, kind] += 1
            totals[group, kind, "seconds"] += seconds or 0
    return totals


def counted(membership):
    """Count the same by splitting and by filtering the facts, and check that both agree."""
    query = {"period": "custom", "from": "2026-03-01", "to": "2026-05-31"}
    filters = Filters(membership, query)
    columns = ["new", "resolved", "reopened", "resolution_mean"]
    totals = Counter()
    for name, table in (("label", labels(filters)), ("conversation_team", teams(filters))):
        for row in table.rows:
            narrowed = Filters(membership, {**query, name: str(row.key)})
            values = measure(narrowed.facts(), columns, column="seconds").get((), {})
            for figure in columns[:3]:
                split = row.cells[[each.name for each in table.columns].index(figure)].value
                assert split == values.get(figure, 0)
                totals[row.key, figure] += split
            mean = values.get("resolution_mean", 0)
            totals[row.key, "resolved", "seconds"] += round(mean * totals[row.key, "resolved"])
    return filters, +totals


def test_what_is_recorded_on_the_way_is_what_a_rebuild_gives(acme):
    @settings(
        max_examples=examples(15, 300), suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 40_000)), max_size=16))
    def run(steps):
        with rolled_back(), time_machine.travel(START, tick=False) as clock:
            world = World(acme)
            for step, seconds in steps:
                clock.shift(seconds)
                world.take(step)
            record_new_entries()
            kept = recorded()
            Fact.objects.all().delete()
            rebuild(Conversation.objects.all())
            assert recorded() == kept
            assert bool(kept) == Message.objects.exists()

    run()


def test_splits_and_filters_are_what_looking_it_up_gives(acme):
    """Whenever labels, teams, contacts and conversations change or are deleted."""

    @settings(
        max_examples=examples(15, 300), suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(
        st.lists(
            st.tuples(st.sampled_from(SORTING), st.integers(1, 40_000), st.booleans()),
            max_size=20,
        )
    )
    def run(steps):
        with rolled_back(), time_machine.travel(START, tick=False) as clock:
            for name in ("Billing", "Refund"):
                save_label(acme.workspace, name=name, colour=0, by=acme.alice)
            for name in ("Sales", "Support"):
                save_team(acme.workspace, name=name, members=[], by=acme.alice)
            world = World(acme)
            for step, seconds, is_recorded in [("writes", 1, True), *steps]:
                clock.shift(seconds)
                world.take(step)
                if is_recorded:
                    record_new_entries()
                    check()
            record_new_entries()
            check()
            rebuild(Conversation.objects.all())
            check()

    def check():
        filters, found = counted(acme.alice)
        expected = looked_up(filters)
        kinds = {"new", "resolved", "reopened"}
        assert found == +Counter(
            {
                key: count
                for key, count in expected.items()
                if key[1] in kinds and (len(key) == 2 or key[1] == "resolved")
            }
        )

    run()
