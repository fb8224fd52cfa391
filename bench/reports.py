"""Measure the pages of the reports in a workspace with a million conversations, in the server.

    .venv/bin/python -m bench.reports [--conversations 1000000] [--period 90d] [--save]

Works on the kept database of bench/history.py. One process calls the WSGI application with an
administrator's session.
"""

import argparse
import os
import time
from urllib.parse import urlencode

from bench import report
from bench.browser import Browser, Measured, measure
from bench.figures import add_output_options, publish
from bench.history import SLUG, fill_once, kept
from bench.pages import people
from bench.people import connect_django, settle

PAGES = {
    "overview": "",
    "conversations, without its sections": "conversations/",
    "agents, without its sections": "agents/",
    "the live part of the overview": "now/",
}
SECTIONS = {
    "compared": "compared with the period before",
    "days": "by day",
    "weekdays": "by weekday and hour",
    "times": "response and resolution times",
    "inboxes": "by inbox",
    "labels": "by label",
    "teams": "by team of the agent",
    "conversation-teams": "by team of the conversation",
    "agents": "by agent",
    "agent-work": "work by agent",
    "queue": "queue, email leads and timer",
    "rules": "decisions by rule",
    "fairness": "fairness",
    "inbox-load": "queue by inbox",
}
LISTS = {
    "new": "list of the new conversations",
    "first_reply_p90": "list of the first responses, longest first",
    "replies": "list of the replies",
    "handled": "list of the conversations answered",
}
FILTERED = ["overview", "by day", "by inbox", "by label", "by team of the conversation"]
FILTERED += ["by agent", "work by agent"]
FACTS = """
SELECT count(*) FROM reports_fact
WHERE workspace_id = %s AND kind = ANY(%s) AND at >= %s AND at < %s
"""


def main() -> None:
    arguments = parse()
    neighbours = os.getloadavg()[0]
    with kept(arguments.conversations) as settings:
        connect_django(settings)
        fill_once(arguments.conversations, 10 * arguments.conversations)
        settle()
        browser = people()[0]["administrator"]
        found = measure_all(browser, arguments.period, arguments.times)
        lines = report.title(f"Reports, {arguments.conversations:,} conversations", neighbours)
        lines += [*describe(arguments.period), ""] + table(found) + recording(arguments.recorded)
    publish("\n".join(lines), figures(found), arguments)


def measure_all(browser: Browser, period: str, times: int) -> dict[str, Measured]:
    addresses = {name: f"{path}?" for name, path in PAGES.items()}
    addresses |= {name: f"section/?section={key}&" for key, name in SECTIONS.items()}
    addresses |= {name: f"list/?figure={key}&" for key, name in LISTS.items()}
    found = {}
    for name, address in addresses.items():
        found[name] = measure(browser, f"reports/{address}period={period}", times)
    for filtered, query in filters().items():
        for name in FILTERED:
            address = f"reports/{addresses[name]}period={period}&{query}"
            found[f"{name}, {filtered}"] = measure(browser, address, times)
    return found


def filters() -> dict[str, str]:
    """Return a query for each filter, with the value that most conversations have."""
    from django.db.models import Count

    from inbox.models import Conversation, ConversationLabel

    conversations = Conversation.objects.filter(workspace__slug=SLUG).order_by("-number")
    latest = conversations[:10_000].values("pk")
    recent = Conversation.objects.filter(pk__in=latest).order_by()
    labels = ConversationLabel.objects.filter(conversation__in=latest).order_by()

    def most_common(rows, column):
        counts = rows.exclude(**{column: None}).values_list(column).annotate(n=Count("pk"))
        return counts.order_by("-n", column)[0][0]

    values = {
        "one inbox": {"inbox": most_common(recent, "inbox")},
        "one label": {"label": most_common(labels, "label")},
        "one team of the conversation": {"conversation_team": most_common(recent, "team")},
        "one agent": {"agent": most_common(recent, "assignee")},
        "one team of agents": {
            "team": most_common(recent, "assignee__team_memberships__team"),
        },
        "in opening hours": {"clock": "open"},
    }
    return {name: urlencode(value) for name, value in values.items()}


def describe(name: str) -> list[str]:
    """Say how much there is, and how fast PostgreSQL merely counts what the period has."""
    from django.db import connection
    from django.utils import timezone

    from reports.models import Kind
    from reports.periods import Period
    from teams.models import Workspace

    workspace = Workspace.objects.get(slug=SLUG)
    period = Period.from_query({"period": name}, zone=workspace.zone, now=timezone.now())
    values = [workspace.pk, Kind.values, period.begin, period.until]
    with connection.cursor() as cursor:
        took = []
        for _number in range(5):
            began = time.perf_counter()
            [facts] = cursor.execute(FACTS, values).fetchone()
            took.append((time.perf_counter() - began) * 1000)
        [new] = cursor.execute(FACTS, [*values[:1], [Kind.NEW], *values[2:]]).fetchone()
        cursor.execute(
            "SELECT count(*), pg_total_relation_size('reports_fact') / 1048576 FROM reports_fact"
        )
        count, size = cursor.fetchone()
    return [
        f"{count:,} facts in all, {size:,} MiB with indexes; {facts:,} in the period, in which "
        f"{new:,} conversations began. Counting these facts in the index alone takes PostgreSQL "
        f"{sorted(took)[2]:.0f} ms."
    ]


def table(found: dict[str, Measured]) -> list[str]:
    lines = [
        "| page or section | p50 | p95 | queries | processor | of which PostgreSQL |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {each.p50:.0f} | {each.p95:.0f} | {each.queries} "
        f"| {each.processor:.0f} | {each.postgres:.0f} |"
        for name, each in found.items()
    ]
    worst = max(each.p95 for each in found.values())
    return [*lines, "", f"Times in ms. The slowest p95 must be ≤ 500: {worst:.0f}.", ""]


def figures(found: dict[str, Measured]) -> dict[str, float]:
    return {"report_p95": max(each.p95 for each in found.values())}


def recording(count: int) -> list[str]:
    """Measure how fast timelines become facts, and undo it."""
    from django.db import transaction

    from inbox.models import Conversation
    from reports.models import Fact, RecordedConversation
    from reports.recording import in_batches, record, record_new_entries

    latest = Conversation.objects.filter(workspace__slug=SLUG, last_seq__lt=100)
    ids = list(latest.order_by("-number").values_list("pk", flat=True)[:count])
    with transaction.atomic():
        Fact.objects.filter(conversation__in=ids).delete()
        RecordedConversation.objects.filter(conversation__in=ids).delete()
        began = time.perf_counter()
        for batch in in_batches(Conversation.objects.filter(pk__in=ids)):
            record(batch)
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    record_new_entries()
    began = time.perf_counter()
    record_new_entries()
    idle = (time.perf_counter() - began) * 1000
    return [
        f"Recording: {len(ids) / seconds:,.0f} conversations a second; a run without news "
        f"takes {idle:.0f} ms.",
        "",
    ]


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--period", default="90d", help="as in the address of a report")
    parser.add_argument("--times", type=int, default=20, help="requests of each kind")
    parser.add_argument("--recorded", type=int, default=5000)
    add_output_options(parser)
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.conversations, arguments.times, arguments.recorded = 10_000, 3, 200
    return arguments


if __name__ == "__main__":
    main()
