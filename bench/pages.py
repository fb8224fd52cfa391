"""Measure the desk's lists and pages with a million conversations, in the server.

    .venv/bin/python -m bench.pages [--conversations 1000000] [--all] [--save]

Works on the kept database of bench/history.py, which is filled first if it is not there yet. One
process calls the WSGI application with a member's session. Beside each list is the bare limit:
the same rows by one SQL statement, fetched by their numbers.
"""

import argparse
import gzip
import os
import re
import time
from html import unescape
from typing import NamedTuple

from bench import report
from bench.browser import Browser, Measured, measure
from bench.figures import add_output_options, publish
from bench.history import SLUG, fill_once, kept
from bench.people import connect_django, settle

ROW = re.compile(rb'id="row-(\d+)"')
MORE = re.compile(rb'href="([^"]*/rows/[^"]*)"')
YEARS_BACK = 2
NUMBER = re.compile(r"(?<=before=%2F)\d+")
BARE = """
SELECT conversation.*, contact.*, inbox.name FROM inbox_conversation AS conversation
JOIN inbox_contact AS contact ON contact.id = conversation.contact_id
JOIN inbox_inbox AS inbox ON inbox.id = conversation.inbox_id
WHERE conversation.workspace_id = %s AND number = ANY(%s)
ORDER BY last_activity_at DESC, conversation.id DESC
"""


class Page(NamedTuple):
    """One page of one list, as one member sees it."""

    member: str
    scope: str
    view: str
    page: str
    measured: Measured
    bare: float


def main() -> None:
    arguments = parse()
    neighbours = os.getloadavg()[0]
    with kept(arguments.conversations) as settings:
        connect_django(settings)
        fill_once(arguments.conversations, 10 * arguments.conversations)
        settle()
        browsers, inboxes = people()
        pages = list(lists(browsers, inboxes, arguments.times))
        pages += filtered_lists(browsers, arguments.times)
        others = others_of(browsers["administrator"], arguments.times)
        lines = report.title(f"Pages, {arguments.conversations:,} conversations", neighbours)
        lines += lists_table(pages, arguments.all) + others_table(others)
    publish("\n".join(lines), figures(pages, others), arguments)


def people() -> tuple[dict[str, Browser], dict[str, str]]:
    """Return one browser of each kind of member, and the inbox that each looks at alone."""
    from django.db.models import Count, Q

    from inbox.models import Inbox
    from teams import presence
    from teams.models import Membership

    members = Membership.objects.filter(workspace__slug=SLUG).with_related()
    for membership in members[:50]:
        presence.record_heartbeat(membership, "tab-of-the-bench")
    by_work = members.annotate(
        work=Count("conversations", filter=Q(conversations__status="open"))
    ).order_by("-work", "pk")
    chosen = {
        "administrator": members.order_by("created_at", "pk")[0],
        "agent": by_work.filter(role__key="agent")[0],
        "restricted": by_work.filter(role__key="")[0],
    }
    browsers = {name: Browser(membership) for name, membership in chosen.items()}
    inboxes = {
        name: str(Inbox.objects.visible_to(membership).order_by("created_at")[0].pk)
        for name, membership in chosen.items()
    }
    return browsers, inboxes


def lists(browsers: dict[str, Browser], inboxes: dict[str, str], times: int):
    """Measure the first, the second and a deep page of every list."""
    from inbox.conversation_filters import STATUSES, VIEWS

    for member, browser in browsers.items():
        for scope, inbox in (("all inboxes", ""), ("one inbox", f"&inbox={inboxes[member]}")):
            for view in VIEWS:
                for status in STATUSES:
                    path = f"conversations/rows/?view={view}&status={status}{inbox}"
                    for page, found in pages_of(browser, path, times):
                        bare = bare_milliseconds(found.body, times)
                        yield Page(member, scope, f"{view}, {status}", page, found, bare)


def filtered_lists(browsers: dict[str, Browser], times: int):
    """Measure the lists with each filter and in each order."""
    queries = {f"order {order}": f"order={order}" for order in ("newest", "oldest", "waiting")}
    queries["mentions"] = "view=mentions"
    queries |= filters()
    for member, browser in browsers.items():
        for status in ("open", "resolved"):
            for name, query in queries.items():
                if (name, status) != ("order waiting", "resolved"):
                    path = f"conversations/rows/?view=all&status={status}&{query}"
                    for page, found in pages_of(browser, path, times):
                        bare = bare_milliseconds(found.body, times)
                        yield Page(member, "filtered", f"{name}, {status}", page, found, bare)


def filters() -> dict[str, str]:
    """Return a query for each filter: with common and rare values, and with none."""
    from django.db.models import Count

    from inbox.models import Contact, Conversation, ConversationLabel

    conversations = Conversation.objects.filter(workspace__slug=SLUG)

    def by_frequency(rows, column):
        counts = rows.filter(workspace__slug=SLUG).exclude(**{column: None}).order_by()
        counts = counts.values_list(column).annotate(n=Count("pk")).order_by("-n", column)
        return [value for value, _count in counts]

    labels = by_frequency(ConversationLabel.objects, "label")
    teams = by_frequency(Conversation.objects, "team")
    owners = by_frequency(Contact.objects, "owner")
    assignees = by_frequency(conversations.open(), "assignee")
    priorities = by_frequency(conversations.filter(priority__gt=0), "priority")
    middle = labels[len(labels) // 2]
    return {
        **{
            f"label, {name}": f"label={value}"
            for name, value in (
                ("common", labels[0]),
                ("less common", middle),
                ("rare", labels[-1]),
                ("none", "none"),
            )
        },
        **{
            f"team, {name}": f"team={value}"
            for name, value in (("common", teams[0]), ("rare", teams[-1]), ("none", "none"))
        },
        **{
            f"priority, {name}": f"priority={value}"
            for name, value in (
                ("common", priorities[0]),
                ("rare", priorities[-1]),
                ("none", "none"),
            )
        },
        **{
            f"owner, {name}": f"owner={value}"
            for name, value in (("common", owners[0]), ("rare", owners[-1]), ("none", "none"))
        },
        "assignee": f"assignee={assignees[0]}",
        "label and priority": f"label={middle}&priority={priorities[-1]}",
        "label and team, newest": f"label={middle}&team={teams[-1]}&order=newest",
        "label and owner": f"label={labels[0]}&owner={owners[0]}",
        "label and assignee": f"label={labels[0]}&assignee={assignees[0]}",
        "label, rare, newest": f"label={labels[-1]}&order=newest",
        "priority and team, oldest": f"priority={priorities[-1]}&team={teams[-1]}&order=oldest",
        # The last value of a parameter counts. An administrator may have none of their own.
        "mine, newest": "view=mine&order=newest",
        "mine without a label": "view=mine&label=none",
        "unassigned without a team": "view=unassigned&team=none",
    }


def pages_of(browser: Browser, path: str, times: int):
    first = measure(browser, path, times)
    yield "first", first
    if more := MORE.search(first.body):
        second = unescape(more[1].decode())
        yield "second", measure(browser, second, times)
        yield "deep", measure(browser, deep(second), times)


def deep(path: str) -> str:
    """Return the page of two years earlier, or with half the number.

    The address holds the time and number of the last row seen.
    """
    path = NUMBER.sub(lambda number: str(int(number[0]) // 2 or 1), path)
    return re.sub(
        r"\d{4}(?=-\d\d-\d\dT)", lambda year: str(int(year[0]) - YEARS_BACK), path, count=1
    )


def bare_milliseconds(body: bytes, times: int) -> float:
    """Return the median time of fetching the same rows by their numbers."""
    from django.db import connection

    from teams.models import Workspace

    workspace = Workspace.objects.get(slug=SLUG).pk
    numbers = [int(number) for number in ROW.findall(body)]
    took = []
    with connection.cursor() as cursor:
        for _ in range(times):
            began = time.perf_counter()
            cursor.execute(BARE, [workspace, numbers]).fetchall()
            took.append((time.perf_counter() - began) * 1000)
    return sorted(took)[times // 2]


def others_of(browser: Browser, times: int) -> dict[str, Measured]:
    from inbox.models import Conversation

    by_length = Conversation.objects.filter(workspace__slug=SLUG).order_by("-last_seq")
    longest, long = by_length[:2]
    path = f"conversations/{long.number}/"
    return {
        f"open a conversation of {long.last_seq:,} entries": measure(
            browser, path, times, "div#conversation"
        ),
        f"one of {longest.last_seq:,} entries": measure(
            browser, f"conversations/{longest.number}/", times, "div#conversation"
        ),
        "the first as a whole page": measure(browser, path, times),
        "desk": measure(browser, "conversations/", times),
        "desk, a different view": measure(browser, "conversations/?view=all", times, "div#listing"),
        "counts": measure(browser, "conversations/counts/", times),
    }


def lists_table(pages: list[Page], everything: bool) -> list[str]:
    """Show every list, or the slowest of each member and page."""
    every = [took for page in pages for took in page.measured.took]
    worst = max(page.measured.p95 for page in pages)
    if not everything:
        slowest: dict[tuple, Page] = {}
        for page in sorted(pages, key=lambda page: page.measured.p95):
            slowest[page.member, page.scope, page.page] = page
        pages = [page for page in pages if page in slowest.values()]
    lines = [
        f"| {'list' if everything else 'the slowest list'} | page | p50 | p95 | queries"
        " | processor | of which PostgreSQL | bare SQL |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for member, scope, view, page, found, bare in pages:
        lines.append(
            f"| {member}, {scope}: {view} | {page} | {found.p50:.1f} | {found.p95:.1f} "
            f"| {found.queries} | {found.processor:.1f} | {found.postgres:.1f} | {bare:.1f} |"
        )
    half, most = (report.quantile(every, part) for part in (0.5, 0.95))
    summary = (
        f"Times in ms. The slowest p95 must be ≤ 30: {worst:.1f}. Of all {len(every):,} requests"
        f" for lists, half took {half:.1f} at most, and 95 % {most:.1f}."
    )
    return [*lines, "", summary, ""]


def others_table(others: dict[str, Measured]) -> list[str]:
    lines = [
        "| page | p50 | p95 | queries | processor | of which PostgreSQL | KB gzipped |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {found.p50:.1f} | {found.p95:.1f} | {found.queries} "
        f"| {found.processor:.1f} | {found.postgres:.1f} | {kilobytes(found):.1f} |"
        for name, found in others.items()
    ]
    return [*lines, ""]


def kilobytes(found: Measured) -> float:
    return len(gzip.compress(found.body)) / 1000


def figures(pages: list[Page], others: dict[str, Measured]) -> dict[str, float]:
    opened, longest, *_others = others.values()
    return {
        "list_p95": max(page.measured.p95 for page in pages),
        "list_queries": max(page.measured.queries for page in pages),
        "open_p50": opened.p50,
        "open_longest_p95": longest.p95,
        "open_kb": kilobytes(opened),
        "desk_cpu": others["desk"].processor,
        "counts_cpu": others["counts"].processor,
    }


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=20, help="requests of each kind")
    parser.add_argument("--all", action="store_true", help="every list, not only the slowest")
    add_output_options(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.conversations, arguments.times = 10_000, 3
    return arguments


if __name__ == "__main__":
    main()
