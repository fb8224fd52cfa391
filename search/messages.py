"""Finds messages, newest first, among those a member may see.

A common word is in millions of messages, so nothing may read all it finds. The newest messages are
compared one by one. If they don't fill a page, the word is rare enough for the index, first in the
latest months and then in all; or the member sees few of those messages, and more are compared.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.search import SearchQueryField
from django.db import connection
from django.db.models import BooleanField, F, Func, TextField, Value

from inbox.models import Conversation, Inbox, Message
from messagehub.lib.ids import first_id_at
from search.models import SearchEntry
from teams.permissions import Permission

PAGE_SIZE = 20
NEWEST = 2000  # messages to compare one by one
MORE = 30_000  # if the word is common: the index would find and sort several times as many
RARE = 0.02
MONTHS = 3
# An id is made a moment before created_at, which decides on the month.
MONTH_OVERLAP = timedelta(days=1)

# The access rule joins conversations. PostgreSQL expects more hits than there are, and would then
# read all conversations; and it plans for the words of this search, not for any. With the cost of a
# page that other statements have (messagehub.lib.database), it would read all contacts by their
# index, which takes 55 ms for 100,000 instead of 20.
SETTINGS = """
SELECT set_config('statement_timeout', %s, true), set_config('random_page_cost', '4', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true),
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
    """Return the messages of a page, one more than PAGE_SIZE if others follow.

    Call it in a transaction that limit_time() was called in.
    """
    entries = SearchEntry.objects.filter(workspace=membership.workspace_id)
    if before:
        entries = entries.filter(id__lt=before)
    messages = Message.objects.filter(pk__in=find_ids(membership, entries, queries))
    messages = messages.select_related(
        "conversation__contact", "conversation__inbox", "author__user"
    )
    return list(messages.order_by("-pk"))


def limit_time():
    """Plan the transaction's queries for this search, and end one that takes too long."""
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS, [TIMEOUT])


def find_ids(membership, entries, queries):
    """Return the ids of the newest messages that match, at most PAGE_SIZE + 1."""
    size = PAGE_SIZE + 1
    visible = Conversation.objects.visible_to(membership)
    matches = entries.filter(is_match(queries.search), conversation__in=visible)
    found, bound = find_newest(entries, matches, NEWEST)
    if len(found) == size or bound is None:
        return found
    newest = entries.filter(id__gte=bound)
    if newest.filter(is_match(queries.search)).count() > RARE * NEWEST:
        # A common word, but most of these messages aren't the member's to see.
        found, bound = find_newest(entries, matches, MORE)
        if len(found) == size or bound is None:
            return found
    indexed = choose_indexed(newest, queries)
    months = latest_months(bound)
    for keys, limit in [
        (access_keys(membership, months), bound),
        (access_keys(membership, [""]), first_id_at(month_start(months[-1]) + MONTH_OVERLAP)),
    ]:
        is_in_index = IsInIndex(F("vector"), AsQuery(f"({indexed}) & ({keys})"))
        rows = matches.filter(is_in_index, id__lt=min(limit, bound))
        rows = rows.order_by(ByteOrder("id").desc()).values_list("id", flat=True)
        found = list(dict.fromkeys([*found, *rows[:size]]))[:size]
        if len(found) == size:
            return found
    return found


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


def choose_indexed(newest, queries):
    """Return what the index looks for.

    For a word that is still being typed, PostgreSQL would collect all words that begin with it. So
    that word is left to the comparison, unless few messages have it.
    """
    if queries.whole_words == queries.search:
        return queries.search
    prefix_count = newest.filter(is_match(queries.prefix)).count()
    return queries.search if prefix_count < RARE * NEWEST else queries.whole_words


def access_keys(membership, months):
    """Return the keys (search_keys() in SQL) of what the member may see, as part of a tsquery."""
    if membership.can(Permission.MANAGE_INBOXES):
        owners = [f":w{str(membership.workspace_id)[-8:]}"]
    else:
        inboxes = Inbox.objects.visible_to(membership).values_list("pk", flat=True)
        owners = [f":i{str(inbox)[-8:]}" for inbox in inboxes] or [":none"]
    return " | ".join(f"'{owner}{month}'" for owner in owners for month in months)


def latest_months(last: UUID):
    """Return this id's month and the ones before it, as in the keys: "2611", "2610", ..."""
    at = datetime.fromtimestamp((last.int >> 80) / 1000, UTC)
    months = [at.year * 12 + at.month - 1 - number for number in range(MONTHS)]
    return [f"{month // 12 % 100:02}{month % 12 + 1:02}" for month in months]


def month_start(month):
    return datetime(2000 + int(month[:2]), int(month[2:]), 1, tzinfo=UTC)
