"""Reads the past of an inbox from the database for a replay: few queries, and bounded."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import FloatField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Extract

from inbox.models import Conversation, Message
from routing.rules import AT_CAPACITY, AVAILABLE
from routing.simulator import History, Member, Rules
from routing.simulator.answers import time_needed
from routing.simulator.history import AWAY
from routing.simulator.hours import hours_of_inbox, with_hours
from routing.simulator.story import STEPS, Story, all_open_changes, arrivals_of, open_changes_before
from routing.targets import target_members
from teams.models import Membership, StatusChange

WINDOW = timedelta(days=30)
MOST_CONVERSATIONS = 20_000
MOST_STATES = 100_000


@dataclass(frozen=True)
class Past:
    """since: when the replay begins; is_cut: that is later than 30 days ago, because more happened
    than is replayed. presence_since: when presence of these members was first recorded, if ever.
    """

    history: History
    since: datetime
    is_cut: bool
    presence_since: datetime | None


def rules_of(inbox, routing, *, targets=None, capacity=None) -> Rules:
    """targets: to try out instead of the stored ones; capacity: for everyone."""
    members = target_members(inbox, targets).order_by("pk").values_list("pk", flat=True)
    return Rules(
        pool=tuple(members),
        fewest_open_first=routing.fewest_open_first,
        to_owner=routing.to_owner,
        owner_minutes=routing.owner_minutes,
        leads=routing.leads,
        answer_minutes=routing.answer_minutes,
        keep_reopened=routing.keep_reopened,
        capacity=capacity,
    )


def read_past(inbox, rules, *, now) -> Past:
    """Read what replaying an inbox by any of `rules` needs."""
    begin = now - WINDOW
    stories, since = read_stories(
        conversations_since(inbox, begin), begin, replies=some_reassign_replies(inbox)
    )
    wanted = {pk for each in rules for pk in each.pool} | members_in(stories, since)
    states, since = read_states(inbox, wanted, since)
    arrivals = arrivals_of(stories, since.timestamp())
    open_changes = open_changes_before(stories, since.timestamp())
    if needs_open_counts(inbox, rules):
        elsewhere, _since = read_stories(conversations_since(inbox, since, elsewhere=True), since)
        open_changes += all_open_changes(elsewhere)
    members, presence_since = read_members(inbox, wanted, states, since, now)
    known = {each.id for each in members}
    history = History(
        members=tuple(with_usual_answers(members, arrivals)),
        arrivals=tuple(with_movable_replies(arrivals, members)),
        ends_at=now.timestamp(),
        open_changes=tuple(each for each in open_changes if each[1] in known),
        hours=hours_of_inbox(inbox, since, now),
    )
    return Past(history, since, since > begin, presence_since)


def needs_open_counts(inbox, rules):
    """Whether anyone has a capacity or the fewest open come first: other inboxes count too."""
    if any(each.fewest_open_first or each.capacity for each in rules):
        return True
    return Membership.objects.filter(workspace=inbox.workspace_id).exclude(capacity=None).exists()


def some_reassign_replies(inbox):
    """Whether anyone has Reassign replies on: only then it matters when contacts wrote more."""
    members = Membership.objects.current().filter(workspace=inbox.workspace_id)
    return members.filter(reassign_replies=True).exists()


def conversations_since(inbox, since, *, elsewhere=False):
    """Return the conversations in which something may have happened since, the latest first.

    Every message of a contact moves last_activity_at, so nothing later is left out.
    """
    found = Conversation.objects.filter(workspace=inbox.workspace_id)
    found = found.exclude(inbox=inbox) if elsewhere else found.filter(inbox=inbox)
    found = found.filter(Q(last_activity_at__gte=since) | Q(status=Conversation.Status.OPEN))
    return found.latest_first()


def read_stories(conversations, since, *, replies=False) -> tuple[list[Story], datetime]:
    """Return (stories, since): later if there are more than are read.

    replies: also read the contacts' further messages.
    """
    columns = ("pk", "number", "contact__owner", seconds("created_at"))
    rows = list(conversations.values_list(*columns, "last_activity_at")[: MOST_CONVERSATIONS + 1])
    if len(rows) > MOST_CONVERSATIONS:
        since = max(since, rows.pop()[-1] + timedelta(microseconds=1))
    stories = {pk: Story(number, owner, at) for pk, number, owner, at, _last in rows}
    for pk, kind, *details in read_entries(conversations[: len(rows)], replies):
        if pk in stories:
            stories[pk].read(kind, *details)
    return [story.end() for story in stories.values()], since


def read_entries(conversations, replies):
    """Yield (conversation, kind, moment, author, to), in their order."""
    written = [Message.Kind.REPLY, *([Message.Kind.CONTACT] if replies else [])]
    steps = Q(kind=Message.Kind.ACTIVITY, activity__in=STEPS) | Q(kind__in=written)
    entries = Message.objects.filter(steps, conversation__in=conversations.values("pk"))
    columns = ("kind", "activity", seconds("created_at"), "author", KT("details__to_id"))
    rows = entries.order_by("conversation", "seq").values_list("conversation", *columns)
    for pk, kind, activity, at, author, to in rows:
        yield pk, activity or kind, at, author, to and UUID(to)


def seconds(column):
    """Read a moment as the replay counts, which is also the quickest to read."""
    return Cast(Extract(column, "epoch"), FloatField())


def members_in(stories, since):
    """Return all members in them. Who only has conversations elsewhere changes nothing here."""
    arrivals = arrivals_of(stories, since.timestamp())
    known = {
        pk
        for each in arrivals
        for pk in (each.owner, each.previous_assignee, each.assignee, each.first_assignee)
    }
    return (known | {pk for _at, pk, _step in all_open_changes(stories)}) - {None}


def read_states(inbox, members, since):
    """Return ({membership: [(moment, status)]}, since): later if there are more than are read.

    The first is their status at that moment. At capacity counts as available here, because open
    conversations are counted in the replay.
    """
    changes = StatusChange.objects.filter(workspace=inbox.workspace_id, membership__in=members)
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


def read_members(inbox, wanted, states, since, now):
    """Return ([Member], when a state of any of them was first recorded)."""
    assignable = set(inbox.possible_assignees.values_list("pk", flat=True))
    found = Membership.objects.filter(workspace=inbox.workspace_id, pk__in=wanted).with_related()
    members = [
        Member(
            id=each.pk,
            name=each.name,
            states=tuple(with_hours(each, states.get(each.pk, []), since, now)),
            recorded_states=tuple(states.get(each.pk, [])),
            capacity=each.capacity,
            can_answer=each.pk in assignable,
            wants_email=each.email_mine,
            reassigns_replies=each.reassign_replies,
        )
        for each in found.order_by("pk")
    ]
    recorded = [rows[0][0] for rows in states.values()]
    return members, datetime.fromtimestamp(min(recorded), UTC) if recorded else None


def with_movable_replies(arrivals, members):
    """Keep only the replies that came while someone was Away who reassigns them."""
    reassigning = [each for each in members if each.reassigns_replies]
    for arrival in arrivals:
        kept = [
            at for at in arrival.replies if any(each.state_at(at) == AWAY for each in reassigning)
        ]
        yield replace(arrival, replies=tuple(kept)) if arrival.replies else arrival


def with_usual_answers(members, arrivals):
    """Add how long each of them usually needs; a member who has never answered is like the rest."""
    needed, known = {}, {each.id: each for each in members}
    for each in arrivals:
        is_known = each.answered_at is not None and each.assigned_at is not None
        if is_known and each.assignee in known:
            seconds, _was_available = time_needed(each, known[each.assignee])
            needed.setdefault(each.assignee, []).append(seconds)
    all_needed = [seconds for own in needed.values() for seconds in own]
    usual = median(all_needed) if all_needed else None
    for member in members:
        own = needed.get(member.id)
        yield replace(member, answers_within=median(own) if own else usual)
