"""Records the facts of timelines, outside of the transactions that write these.

A conversation's facts are computed from its whole timeline and replace those that differ, so it
doesn't matter how often that happens or where it was interrupted. Each also has the conversation's
team and labels. An entry tells of every change of these, so a change is recorded like any entry.
"""

import logging
from datetime import timedelta
from itertools import groupby
from time import monotonic
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from inbox.models import Conversation, Inbox, Message
from messagehub.lib.ids import first_id_at
from reports.facts import Decided, Entry, facts_of, parse_id
from reports.models import Fact, RecordedConversation, Recording
from reports.open_time import open_seconds, whole_seconds
from routing.models import Decision
from teams.models import Membership

logger = logging.getLogger(__name__)
BATCH_SIZE = 200
# Seconds for one run. The next one goes on.
TIME_LIMIT = 50
# A message's id is made before its transaction commits, perhaps by a server whose clock is slow.
OVERLAP = timedelta(minutes=15)
COMPARED = ("at", "inbox_id", "member_id", "seconds", "open_seconds", "rule", "trigger")
COMPARED += ("team_id", "label_ids")


def record_new_entries(*, time_limit=TIME_LIMIT):
    """Record the conversations whose timeline has grown. Return whether that was all."""
    started_at, stop_at = timezone.now(), monotonic() + time_limit
    for batch in in_batches(grown_conversations(since=Recording.up_to())):
        if monotonic() > stop_at:
            return False
        record_safely(batch)
    Recording.objects.update_or_create(pk=1, defaults={"finished_at": started_at})
    return True


def rebuild(conversations, *, report=lambda count: None):
    """Compute all facts of these conversations again, with the opening hours of today."""
    for batch in in_batches(conversations):
        record_safely(batch, is_rebuild=True)
        report(len(batch))


def grown_conversations(*, since):
    """Return the conversations with entries that aren't recorded. since: None looks at all."""
    recorded = RecordedConversation.objects.filter(
        conversation=OuterRef("pk"), seq__gte=OuterRef("last_seq")
    )
    found = Conversation.objects.filter(~Exists(recorded), last_seq__gt=0)
    if since is None:
        return found
    new = Message.objects.filter(pk__gt=first_id_at(since - OVERLAP))
    return found.filter(pk__in=new.values("conversation"))


def in_batches(conversations):
    """Yield lists of ids in their order, each read after the one before was recorded."""
    conversations, last = conversations.order_by("pk"), UUID(int=0)
    while batch := list(
        conversations.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH_SIZE]
    ):
        yield batch
        last = batch[-1]


def record_safely(ids, *, is_rebuild=False):
    """Record one by one if the batch fails, such as when a conversation was just deleted."""
    try:
        record(ids, is_rebuild=is_rebuild)
    except IntegrityError:
        for each in ids:
            try:
                record([each], is_rebuild=is_rebuild)
            except IntegrityError:
                logger.warning("conversation %s was not recorded", each)


@transaction.atomic
def record(ids, *, is_rebuild=False):
    """Replace the facts of these conversations.

    Skips those that another worker is recording, unless it is a rebuild.
    """
    locked = lock(ids, skip_locked=not is_rebuild)
    conversations = Conversation.objects.in_bulk([each.conversation_id for each in locked])
    inboxes = Inbox.objects.select_related("workspace").in_bulk(
        {each.inbox_id for each in conversations.values()}
    )
    timelines = load_timelines(conversations)
    stored = load_facts(conversations)
    decisions = load_decisions(timelines, stored)
    computed = {
        pk: [
            build_fact(fact, conversations[pk], inboxes[conversations[pk].inbox_id])
            for fact in facts_of(entries, decisions)
        ]
        for pk, entries in timelines.items()
    }
    forget_unknown_members(computed)
    outdated, new = compare(stored, computed, keeps_hours=not is_rebuild)
    Fact.objects.filter(pk__in=outdated).delete()
    Fact.objects.bulk_create(new)
    for row in locked:
        # As read with the team and labels. An entry stored since is recorded by the next run.
        conversation = conversations.get(row.conversation_id)
        row.seq = conversation.last_seq if conversation else 0
    RecordedConversation.objects.bulk_update(locked, ["seq"])


def lock(ids, *, skip_locked):
    """Lock the progress rows of these conversations, in the order of their ids."""
    known = Conversation.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "workspace")
    RecordedConversation.objects.bulk_create(
        [
            RecordedConversation(conversation_id=pk, workspace_id=workspace)
            for pk, workspace in known
        ],
        ignore_conflicts=True,
    )
    rows = RecordedConversation.objects.filter(conversation__in=ids).order_by("conversation_id")
    return list(rows.select_for_update(skip_locked=skip_locked))


def load_timelines(conversations) -> dict[UUID, list[Entry]]:
    rows = Message.objects.filter(conversation__in=conversations).order_by("conversation", "seq")
    rows = rows.values_list(
        "conversation", "seq", "kind", "activity", "details", "author", "created_at"
    )
    grouped = groupby(rows.iterator(), key=lambda row: row[0])
    return {pk: [Entry(*row[1:]) for row in group] for pk, group in grouped}


def load_facts(conversations) -> dict[UUID, dict]:
    """Return {conversation: {(seq, kind): the stored fact}}."""
    stored = {pk: {} for pk in conversations}
    for fact in Fact.objects.filter(conversation__in=conversations):
        stored[fact.conversation_id][fact.seq, fact.kind] = fact
    return stored


def load_decisions(timelines, stored) -> dict[str, Decided]:
    """Return the rule and trigger of each decision that the timelines name.

    Decisions are deleted after a while; then the recorded facts know them.
    """
    decisions, named = {}, []
    for pk, entries in timelines.items():
        known = {fact.seq: fact for fact in stored[pk].values() if fact.rule}
        for entry in entries:
            if decision := entry.details.get("decision"):
                named.append(decision)
                if entry.seq in known:
                    fact = known[entry.seq]
                    decisions[decision] = Decided(fact.rule, fact.trigger)
    ids = [parse_id(each) for each in named if each not in decisions]
    rows = Decision.objects.filter(pk__in=ids).values_list("pk", "rule", "trigger")
    return decisions | {str(pk): Decided(rule, trigger) for pk, rule, trigger in rows}


def build_fact(fact, conversation, inbox) -> Fact:
    since = fact.since
    return Fact(
        workspace_id=conversation.workspace_id,
        conversation_id=conversation.pk,
        seq=fact.seq,
        kind=fact.kind,
        at=fact.at,
        inbox_id=conversation.inbox_id,
        member_id=fact.member,
        seconds=None if since is None else whole_seconds(since, fact.at),
        open_seconds=None if since is None else open_seconds(inbox.opening_hours, since, fact.at),
        rule=fact.rule,
        trigger=fact.trigger,
        team_id=conversation.team_id,
        label_ids=conversation.label_ids or None,
    )


def forget_unknown_members(computed):
    """The timeline names members by ids whose rows may have been deleted since."""
    facts = [fact for facts in computed.values() for fact in facts]
    named = {fact.member_id for fact in facts} - {None}
    known = set(Membership.objects.filter(pk__in=named).values_list("pk", flat=True))
    for fact in facts:
        if fact.member_id not in known:
            fact.member_id = None


def compare(stored, computed, *, keeps_hours):
    """Return (the ids of stored facts that are outdated, the facts to insert).

    keeps_hours: what was recorded stays as it was when opening hours change later.
    """
    outdated, new = [], []
    for pk, facts in computed.items():
        old = dict(stored[pk])
        for fact in facts:
            before = old.pop((fact.seq, fact.kind), None)
            if before and keeps_hours and (before.at, before.seconds) == (fact.at, fact.seconds):
                fact.open_seconds = before.open_seconds
            if before is None or differs(before, fact):
                new.append(fact)
                outdated += [before.pk] if before else []
        outdated += [each.pk for each in old.values()]
    return outdated, new


def differs(before, after):
    return any(getattr(before, name) != getattr(after, name) for name in COMPARED)
