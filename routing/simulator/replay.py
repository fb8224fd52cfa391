"""The past of an inbox from the database, for routing.simulator: few queries, and bounded."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import FloatField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Extract

from inbox.models import Conversation, Message
from routing.policy import AT_CAPACITY, AVAILABLE
from routing.targets import target_members
from routing.simulator import History, Person, Rules
from routing.simulator.answers import time_needed
from routing.simulator.history import AWAY
from routing.simulator.hours import hours_of_inbox, with_hours
from routing.simulator.story import STEPS, Story, all_holds, arrivals_of, holds_before
from teams.models import Membership, StatusChange

WINDOW = timedelta(days=30)
MOST_CONVERSATIONS = 20_000
MOST_STATES = 100_000


@dataclass(frozen=True)
class Past:
    """since: what the replay begins with; is_cut: that is later than 30 days ago, because more
    happened than is replayed. seen_since: when the presence of these people was first written
    down; None: never.
    """

    history: History
    since: datetime
    is_cut: bool
    seen_since: datetime | None


def rules_of(inbox, routing, *, targets=None, capacity=None) -> Rules:
    """As the settings say. targets: others than the stored ones; capacity: everybody's."""
    people = pool(inbox, targets).order_by("pk").values_list("pk", flat=True)
    return Rules(
        pool=tuple(people),
        fewest_open_first=routing.fewest_open_first,
        to_owner=routing.to_owner,
        owner_minutes=routing.owner_minutes,
        leads=routing.leads,
        answer_minutes=routing.answer_minutes,
        keep_reopened=routing.keep_reopened,
        capacity=capacity,
    )


def read_past(inbox, rules, *, now) -> Past:
    """All that replaying an inbox by any of `rules` needs."""
    begin = now - WINDOW
    stories, since = read_stories(happened(inbox, begin), begin, replies=reassigns(inbox))
    wanted = {pk for each in rules for pk in each.pool} | people_of(stories, since)
    states, since = read_states(inbox, wanted, since)
    arrivals = arrivals_of(stories, since.timestamp())
    held = holds_before(stories, since.timestamp())
    if needs_loads(inbox, rules):
        elsewhere, _since = read_stories(happened(inbox, since, elsewhere=True), since)
        held += all_holds(elsewhere)
    people, seen_since = read_people(inbox, wanted, states, since, now)
    known = {each.id for each in people}
    history = History(
        people=tuple(with_speed(people, arrivals)),
        arrivals=tuple(replies_that_move(arrivals, people)),
        ends=now.timestamp(),
        held=tuple(each for each in held if each[1] in known),
        hours=hours_of_inbox(inbox, since, now),
    )
    return Past(history, since, since > begin, seen_since)


def needs_loads(inbox, rules):
    """Somebody has a limit, or whoever has fewest comes first: other inboxes count too."""
    if any(each.fewest_open_first or each.capacity for each in rules):
        return True
    return Membership.objects.filter(workspace=inbox.workspace_id).exclude(capacity=None).exists()


def reassigns(inbox):
    """Somebody has «Reassign replies» on: only then it matters when contacts wrote further."""
    people = Membership.objects.current().filter(workspace=inbox.workspace_id)
    return people.filter(reassign_replies=True).exists()


def happened(inbox, since, *, elsewhere=False):
    """Conversations in which something may have happened from `since` on, the latest first.

    Whatever a contact writes moves last_activity_at: what is left out misses nothing later.
    """
    found = Conversation.objects.filter(workspace=inbox.workspace_id)
    found = found.exclude(inbox=inbox) if elsewhere else found.filter(inbox=inbox)
    found = found.filter(Q(last_activity_at__gte=since) | Q(status=Conversation.Status.OPEN))
    return found.latest_first()


def read_stories(conversations, since, *, replies=False) -> tuple[list[Story], datetime]:
    """(stories, since): later when there are more than are read. replies: of the contacts too."""
    columns = ("pk", "number", "contact__owner", seconds("created_at"))
    rows = list(conversations.values_list(*columns, "last_activity_at")[: MOST_CONVERSATIONS + 1])
    if len(rows) > MOST_CONVERSATIONS:
        since = max(since, rows.pop()[-1] + timedelta(microseconds=1))
    stories = {pk: Story(number, owner, at) for pk, number, owner, at, _last in rows}
    for pk, what, *about in read_entries(conversations[: len(rows)], replies):
        if pk in stories:
            stories[pk].read(what, *about)
    return [story.end() for story in stories.values()], since


def read_entries(conversations, replies):
    """(conversation, what, moment, author, to), in their order."""
    written = [Message.Kind.REPLY, *([Message.Kind.CONTACT] if replies else [])]
    steps = Q(kind=Message.Kind.ACTIVITY, activity__in=STEPS) | Q(kind__in=written)
    entries = Message.objects.filter(steps, conversation__in=conversations.values("pk"))
    columns = ("kind", "activity", seconds("created_at"), "author", KT("details__to_id"))
    rows = entries.order_by("conversation", "seq").values_list("conversation", *columns)
    for pk, kind, activity, at, author, to in rows:
        yield pk, activity or kind, at, author, to and UUID(to)


def seconds(column):
    """As the simulation counts, which is also the quickest to read."""
    return Cast(Extract(column, "epoch"), FloatField())


def people_of(stories, since):
    """Whoever has to do with them; not who only has chats elsewhere: that moves nothing here."""
    arrivals = arrivals_of(stories, since.timestamp())
    known = {pk for each in arrivals for pk in (each.owner, each.before, each.had, each.first)}
    return (known | {pk for _at, pk, _step in all_holds(stories)}) - {None}


def read_states(inbox, people, since):
    """({membership: [(moment, code)]}, since): what they were then, and all changes; later when
    there are more than are read.

    Full is there: how many they have does not belong in here.
    """
    changes = StatusChange.objects.filter(workspace=inbox.workspace_id, membership__in=people)
    columns = ("membership", seconds("created_at"), "status")
    later = changes.filter(created_at__gte=since).order_by("-created_at", "-pk")
    later = list(later.values_list(*columns)[: MOST_STATES + 1])
    if len(later) > MOST_STATES:
        _pk, at, _code = later.pop()
        since = datetime.fromtimestamp(at, UTC) + timedelta(microseconds=1)
    before = changes.filter(created_at__lt=since).order_by("membership", "-created_at")
    states = {}
    for pk, at, code in [*before.distinct("membership").values_list(*columns), *reversed(later)]:
        states.setdefault(pk, []).append((at, AVAILABLE if code == AT_CAPACITY else code))
    return states, since


def read_people(inbox, wanted, states, since, now):
    """([Person], when the first state of any of them was written down)."""
    able = set(inbox.possible_assignees.values_list("pk", flat=True))
    members = Membership.objects.filter(workspace=inbox.workspace_id, pk__in=wanted).with_related()
    people = [
        Person(
            id=each.pk,
            name=each.name,
            states=tuple(with_hours(each, states.get(each.pk, []), since, now)),
            was=tuple(states.get(each.pk, [])),
            limit=each.capacity,
            can_answer=each.pk in able,
            wants_mail=each.email_mine,
            reassigns=each.reassign_replies,
        )
        for each in members.order_by("pk")
    ]
    seen = [rows[0][0] for rows in states.values()]
    return people, datetime.fromtimestamp(min(seen), UTC) if seen else None


def replies_that_move(arrivals, people):
    """Only what came while somebody was Away who reassigns replies can have moved anything."""
    away = [each for each in people if each.reassigns]
    for arrival in arrivals:
        kept = [at for at in arrival.replies if any(each.code_at(at) == AWAY for each in away)]
        yield replace(arrival, replies=tuple(kept)) if arrival.replies else arrival


def with_speed(people, arrivals):
    """How long each of them usually needs; who has never answered here is like the others."""
    needed, known = {}, {each.id: each for each in people}
    for each in arrivals:
        if each.answered_at is not None and each.got_at is not None and each.had in known:
            took, _was_there = time_needed(each, known[each.had])
            needed.setdefault(each.had, []).append(took)
    everybody = [each for some in needed.values() for each in some]
    usual = median(everybody) if everybody else None
    for person in people:
        own = needed.get(person.id)
        yield replace(person, answers_in=median(own) if own else usual)
