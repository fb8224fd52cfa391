"""Measure searches in a workspace with millions of messages, in the server.

    .venv/bin/python -m bench.search [--conversations 1000000] [--save]

Works on the kept database of bench/history.py, and indexes its messages the first time. One process
calls the WSGI application with a member's session.
"""

import argparse
import os
import time

from bench import report
from bench.browser import Browser, Measured, measure
from bench.figures import add_output_options, publish
from bench.history import SLUG, fill_once, kept
from bench.pages import people
from bench.people import connect_django, settle
from bench.rebuilding import indexes_rebuilt

# What people type: common words, rare ones, unknown ones, and the first letters of each.
SEARCHES = {
    "a common word": "the ",
    "another one": "order ",
    "common words": "where is the order ",
    "common, in quotes": '"the order"',
    "common words that never meet": '"order where the"',
    "the beginning of a common word": "or",
    "the beginning of a rare word": "123",
    "a number in one message": "order 812345",
    "a common and an absent word": "order zebra",
    "an absent word": "zebra ",
    "one of two": "zebra or refund",
    "without a common word": "refund -the",
    "a name": "anna",
    "a part of an email address": "ample",
}
# Most messages consist of a few hundred texts, so the words of these are only found once.
INDEX = """
WITH repeated AS MATERIALIZED (
    SELECT body, search_vector('english', body) AS words
    FROM inbox_message WHERE kind <> 'activity' GROUP BY body HAVING count(*) > 100
)
INSERT INTO search_searchentry (workspace_id, id, conversation_id, vector)
SELECT entry.workspace_id, entry.id, conversation_id,
    coalesce(words, search_vector('english', entry.body))
        || search_keys(entry.workspace_id, inbox_id, to_char(entry.created_at, 'YYMM'))
FROM inbox_message AS entry JOIN inbox_conversation AS talk ON talk.id = conversation_id
LEFT JOIN repeated ON repeated.body = entry.body
WHERE kind <> 'activity' ORDER BY entry.id
"""


def main() -> None:
    arguments = parse()
    neighbours = os.getloadavg()[0]
    with kept(arguments.conversations) as settings:
        connect_django(settings)
        fill_once(arguments.conversations, 10 * arguments.conversations)
        index_once()
        settle()
        found = measure_all(people()[0], arguments.times)
        lines = report.title(f"Search, {arguments.conversations:,} conversations", neighbours)
        lines += table(found)
    publish("\n".join(lines), figures(found), arguments)


def index_once() -> None:
    from django.db import connection, transaction

    from search.models import SearchedWorkspace, SearchEntry
    from teams.models import Workspace

    workspace = Workspace.objects.get(slug=SLUG)
    SearchedWorkspace.objects.update_or_create(
        pk=workspace.pk, defaults={"language": workspace.language, "before": None}
    )
    if SearchEntry.objects.exists():
        return
    began = time.monotonic()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        with indexes_rebuilt(cursor, ["search_searchentry"]):
            cursor.execute(INDEX)
            count = cursor.rowcount
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE search_searchentry")
        cursor.execute(SIZES)
        table_size, index_size = cursor.fetchone()
    print(
        f"{count:,} messages indexed in {time.monotonic() - began:.0f} s: "
        f"{table_size}, of which the words' index {index_size}",
        flush=True,
    )


SIZES = """
SELECT pg_size_pretty(pg_total_relation_size('search_searchentry')),
    pg_size_pretty(pg_relation_size('search_words'))
"""


def measure_all(browsers: dict[str, Browser], times: int) -> dict[tuple[str, str], Measured]:
    from urllib.parse import quote

    return {
        (member, what): measure(browser, f"search/?q={quote(text)}", times, "div#results")
        for member, browser in browsers.items()
        for what, text in SEARCHES.items()
    }


def table(found: dict[tuple[str, str], Measured]) -> list[str]:
    lines = [
        "| who | searches for | p50 | p95 | queries | processor | of which PostgreSQL |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {member} | {what}: {SEARCHES[what]} | {each.p50:.1f} | {each.p95:.1f} "
        f"| {each.queries} | {each.processor:.1f} | {each.postgres:.1f} |"
        for (member, what), each in found.items()
    ]
    every = [took for each in found.values() for took in each.took]
    half, most = (report.quantile(every, part) for part in (0.5, 0.95))
    summary = (
        f"Times in ms. The slowest p95 must be ≤ 100: {figures(found)['search_p95']:.1f}. Of all"
        f" {len(every):,} searches, half took {half:.1f} at most, and 95 % {most:.1f}."
    )
    return [*lines, "", summary, ""]


def figures(found: dict[tuple[str, str], Measured]) -> dict[str, float]:
    return {"search_p95": max(each.p95 for each in found.values())}


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20, help="requests of each kind")
    add_output_options(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.conversations, arguments.times = 10_000, 3
    return arguments


if __name__ == "__main__":
    main()
