"""Finds messages, newest first, among those a member may see.

A common word is in millions of messages, so nothing may read all it finds. The newest messages are
compared one by one. If they don't fill a page, the index looks for the words: for rare ones in all
messages, for others in the latest months, from which the next page goes on. For words that are in
most messages, more of the newest are compared instead, if the member sees few of them.

The index isn't asked for what a search excludes, nor for the beginning of a word that many messages
have: it would collect all those messages. The rows it finds are compared with the whole search.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.search import SearchQueryField
from django.db import connection
from django.db.models import BooleanField, Count, F, Func, OuterRef, Subquery, TextField, Value

from inbox.models import Conversation, Inbox, Message
from messagehub.lib.ids import first_id_at, time_of_id
from search.models import SearchEntry
from teams.permissions import Permission

PAGE_SIZE = 20
NEWEST = 2000  # messages to compare one by one
MORE = 15_000  # if the index would find and sort several times as many
# Shares of the newest messages that have the words.
COMMON, FREQUENT, RARE = 0.1, 0.02, 0.001
# An id is made a moment before created_at, which decides on the month.
MONTH_OVERLAP = timedelta(days=1)

# The access rule joins conversations. PostgreSQL expects more hits than there are, and would then
# read all conversations; and it plans for the words of this search, not for any. With the cost of a
# page that other statements have (messagehub.lib.database), it would read all contacts by their
# index, which takes 55 ms for 100,000 instead of 20. Starting a second process takes longer than it
# saves.
SETTINGS = """
SELECT set_config('statement_timeout', %s, true), set_config('random_page_cost', '4', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true),
    set_config('max_parallel_workers_per_gather', '0', true),
    set_config('plan_cache_mode', 'force_custom_plan', true)
"""
TIMEOUT = "3s"


class AsQuery(Func):
    """Pass a compiled tsquery as a parameter."""

    template = "%(expressions)s::tsquery"
    output_field = SearchQueryField()

    def __init__(self, text):
        super().__init__(Value(text, TextField()))


class IsInIndex(Func):
    """Compare a vector with a query by means of the index."""

    arg_joiner = " @@ "
    template = "(%(expressions)s)"
    output_field = BooleanField()


class IsMatch(Func):
    """Compare a vector with a query, row by row."""

    function = "ts_match_vq"
    output_field = BooleanField()


class ByteOrder(Func):
    """Sort ids as usual, but not by an index."""

    function = "uuid_send"
    output_field = TextField()


def find_page(membership, queries, before=None):
    """Return the messages of a page, the newest first, and the id before which the next one starts.

    The latter is None if there is no next page. A page that isn't full may have one, because the
    messages before that id weren't searched. Call it in a transaction that limit_time() was called
    in.
    """
    entries = SearchEntry.objects.filter(workspace=membership.workspace_id)
    if before:
        entries = entries.filter(id__lt=before)
    ids, next_before = find_ids(membership, entries, queries)
    if len(ids) > PAGE_SIZE:
        ids = ids[:PAGE_SIZE]
        next_before = ids[-1]
    messages = Message.objects.filter(pk__in=ids)
    messages = messages.select_related(
        "conversation__contact", "conversation__inbox", "author__user"
    )
    return list(messages.order_by("-pk")), next_before


def limit_time():
    """Plan the transaction's queries for this search, and end one that takes too long."""
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS, [TIMEOUT])


def find_ids(membership, entries, queries):
    """Return the newest matches, at most PAGE_SIZE + 1, and the oldest id that was searched.

    The latter is None if all messages were.
    """
    size = PAGE_SIZE + 1
    if not queries.words:  # only punctuation or emoji
        return [], None
    visible = Conversation.objects.visible_to(membership)
    matches = entries.filter(is_match(queries.search))
    newest_matches = matches.filter(conversation__in=visible)
    found, bound = find_newest(entries, newest_matches, NEWEST)
    if len(found) == size or bound is None:
        return found, bound
    indexed, share = choose_indexed(entries.filter(id__gte=bound), queries)
    is_costly = ":*" in indexed or membership.sees_all_inboxes
    if share > COMMON or (share > FREQUENT and is_costly):
        return find_newest(entries, newest_matches, MORE)
    # A subquery, because PostgreSQL would begin with the conversations if they seem to be few.
    own = visible.filter(pk=OuterRef("conversation")).values("pk")
    matches = matches.alias(visible=Subquery(own[:1])).filter(visible__isnull=False)
    matches = matches.order_by(ByteOrder("id").desc()).values_list("id", flat=True)
    months = latest_months(bound, 1 if share > FREQUENT else 3)
    floor = first_id_at(month_start(months[-1]) + MONTH_OVERLAP)
    latest = matches.filter(is_in_index(indexed, access_keys(membership, months)))
    found += latest.filter(id__lt=bound, id__gte=floor)[:size]
    if len(found) < size and share <= RARE:
        older = matches.filter(is_in_index(indexed, access_keys(membership, [""])))
        return [*found, *older.filter(id__lt=floor)[:size]][:size], None
    has_older = entries.filter(id__lt=floor).exists()
    return found[:size], floor if has_older else None


def find_newest(entries, matches, count):
    """Compare this many of the newest messages: return the matches' ids and the last one compared.

    The latter is None if there are no others.
    """
    ids = entries.order_by("-id").values_list("id", flat=True)
    bound = next(iter(ids[count - 1 : count]), None)
    newest = matches.filter(id__gte=bound) if bound else matches
    found = newest.order_by("-id").values_list("id", flat=True)
    return list(found[: PAGE_SIZE + 1]), bound


def is_match(query):
    return IsMatch(F("vector"), AsQuery(query))


def is_in_index(query, keys):
    return IsInIndex(F("vector"), AsQuery(f"({query}) & ({keys})"))


def choose_indexed(newest, queries):
    """Return what the index looks for, and the share of the newest messages that have it.

    For a word that is still being typed, PostgreSQL would collect all words that begin with it. So
    that word is left to the comparison, unless few messages have it.
    """
    counts = newest.aggregate(
        words=Count("id", filter=is_match(queries.words)),
        whole_words=Count("id", filter=is_match(queries.whole_words)),
        prefix=Count("id", filter=is_match(queries.prefix)),
    )
    is_few = counts["prefix"] < FREQUENT * NEWEST
    name = "words" if is_few else "whole_words"
    return getattr(queries, name), counts[name] / NEWEST


def access_keys(membership, months):
    """Return the keys (search_keys() in SQL) of what the member may see, as part of a tsquery."""
    if membership.can(Permission.MANAGE_INBOXES):
        owners = [f":w{str(membership.workspace_id)[-8:]}"]
    else:
        inboxes = Inbox.objects.visible_to(membership).values_list("pk", flat=True)
        owners = [f":i{str(inbox)[-8:]}" for inbox in inboxes] or [":none"]
    return " | ".join(f"'{owner}{month}'" for owner in owners for month in months)


def latest_months(last: UUID, count):
    """Return this id's month and the ones before it, as in the keys: "2611", "2610", ...

    A month that began less than two days ago isn't counted.
    """
    at = time_of_id(last)
    first = month_number(at - 2 * MONTH_OVERLAP) - count
    months = range(month_number(at), first, -1)
    return [f"{month // 12 % 100:02}{month % 12 + 1:02}" for month in months]


def month_number(at):
    return at.year * 12 + at.month - 1


def month_start(month):
    return datetime(2000 + int(month[:2]), int(month[2:]), 1, tzinfo=UTC)
