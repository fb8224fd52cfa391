"""How long the pages of the reports take in a workspace with a million conversations.

See bench/README.md.
"""

import argparse
import time
from statistics import quantiles

from bench.decisions import make_inbox, make_members
from bench.people import connect_django, settle
from bench.rebuilding import model_defaults
from bench.stack import services

SECTIONS = ["compared", "days", "weekdays", "times", "inboxes", "teams", "agents", "agent-work"]
SECTIONS += ["queue", "rules", "fairness", "inbox-load"]
PAGES = ["", "conversations/", *(f"section/?section={name}&" for name in SECTIONS)]
PAGES += ["list/?figure=first_reply_p90&", "list/?figure=new&"]
# Even over the day and the year, with long waits now and then. One in ten is reopened.
ROWS = """
CREATE UNLOGGED TABLE bench_story AS
SELECT number, gen_random_uuid() AS contact, gen_random_uuid() AS conversation,
    (%(inboxes)s::uuid[])[1 + floor(random() * cardinality(%(inboxes)s::uuid[]))] AS inbox,
    (%(members)s::uuid[])[1 + floor(random() * cardinality(%(members)s::uuid[]))] AS member,
    now() - random() * %(days)s * interval '1 day' AS at,
    (600 * -ln(random()))::int AS wait
FROM generate_series(1, %(count)s) AS number;

INSERT INTO inbox_contact (id, workspace_id, created_at)
SELECT contact, %(workspace)s, at FROM bench_story;

INSERT INTO inbox_conversation (id, workspace_id, created_at, inbox_id, contact_id, number,
    status, assignee_id, is_routed, last_activity_at)
SELECT conversation, %(workspace)s, at, inbox, contact, number, 'resolved', member, true, at
FROM bench_story;

INSERT INTO reports_fact (workspace_id, conversation_id, seq, kind, at, inbox_id, member_id,
    seconds, open_seconds, rule, trigger)
SELECT %(workspace)s, conversation, seq, kind, at + ends * wait * interval '1 second', inbox,
    member, CASE WHEN is_timed THEN lasts * wait END,
    CASE WHEN is_timed THEN lasts * wait / 3 END, rule, ''
FROM bench_story, (VALUES
    (1, 'new', 0, 0, false, ''), (2, 'assigned', 0, 0, true, 'round_robin'),
    (3, 'first_reply', 1, 1, true, ''), (5, 'next_reply', 3, 2, true, ''),
    (6, 'further_reply', 3, 0, false, ''), (8, 'next_reply', 5, 1, true, ''),
    (9, 'resolved', 6, 6, true, ''), (11, 'reopened', 20, 0, false, ''),
    (12, 'kept', 20, 0, false, 'kept'), (13, 'resolved', 25, 5, true, '')
) AS events (seq, kind, ends, lasts, is_timed, rule)
WHERE seq < 10 OR number %% 10 = 0
ORDER BY at;
DROP TABLE bench_story
"""


def main():
    options = read_options()
    with services() as settings:
        connect_django(settings)
        settle()
        members = make_members(options.members)
        inboxes = [make_inbox(f"Inbox {number}", members) for number in range(options.inboxes)]
        workspace = fill(options, members, inboxes)
        print(f"{options.conversations:,} conversations in {options.days} days: {sizes()}\n")
        print("| page | p50 (ms) | p95 (ms) | queries | slowest query (ms) |")
        for page in PAGES:
            report(page, workspace, options)
        report_recording(options, inboxes)


def fill(options, members, inboxes):
    from django.db import connection

    from teams.models import Workspace

    workspace = Workspace.objects.get(slug="bench")
    values = {
        "count": options.conversations,
        "days": options.days,
        "members": members,
        "inboxes": inboxes,
        "workspace": workspace.pk,
    }
    with connection.cursor() as cursor:
        with model_defaults(cursor, ("inbox_contact", "inbox_conversation")):
            for statement in ROWS.split(";"):
                given = {name: values[name] for name in values if name in statement}
                cursor.execute(statement, given)
        cursor.execute("VACUUM ANALYZE")
    return workspace


def sizes():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), pg_total_relation_size('reports_fact') / 1048576 FROM reports_fact"
        )
        count, size = cursor.fetchone()
    return f"{count:,} facts, {size:,} MiB with indexes"


def report(page, workspace, options):
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User

    client = Client(headers={"Host": "localhost"})
    client.force_login(User.objects.get(email="admin@bench.example"))
    url = f"/w/{workspace.slug}/reports/{page}{'' if '?' in page else '?'}period={options.period}"
    b"".join(client.get(url))  # compiles templates
    took = []
    for _number in range(options.requests):
        begin = time.perf_counter()
        response = client.get(url)
        b"".join(response)
        took.append((time.perf_counter() - begin) * 1000)
        assert response.status_code == 200, response
    with CaptureQueriesContext(connection) as queries:
        b"".join(client.get(url))
    slowest = max(queries, key=lambda each: float(each["time"]))
    cuts = quantiles(took, n=20)
    print(
        f"| {page or 'overview'} | {cuts[9]:.0f} | {cuts[18]:.0f} | {len(queries)} "
        f"| {float(slowest['time']) * 1000:.0f} |",
        flush=True,
    )
    if options.verbose:
        print(slowest["sql"])


def report_recording(options, inboxes):
    """Measure how fast timelines become facts, each with ten entries."""
    from datetime import timedelta
    from uuid import uuid4

    from django.utils import timezone

    from bench.decisions import make_waiting
    from inbox.models import Conversation, Message
    from reports.recording import record_new_entries

    ids = make_waiting(inboxes[0], options.recorded, options.conversations)
    start, entries = timezone.now(), []
    for conversation in Conversation.objects.filter(pk__in=ids):
        common = {"workspace_id": conversation.workspace_id, "conversation": conversation}
        entries += [
            Message(
                **common,
                seq=seq,
                kind="contact" if seq % 2 else "reply",
                client_id=uuid4(),
                contact_id=conversation.contact_id,
                created_at=start + timedelta(minutes=seq),
            )
            for seq in range(1, 11)
        ]
    Message.objects.bulk_create(entries, batch_size=5000)
    Conversation.objects.filter(pk__in=ids).update(last_seq=10)
    begin = time.perf_counter()
    record_new_entries(time_limit=3600)
    seconds = time.perf_counter() - begin
    print(f"\nrecorded {options.recorded / seconds:,.0f} conversations of ten entries per second")
    begin = time.perf_counter()
    record_new_entries()
    print(f"a run without news takes {(time.perf_counter() - begin) * 1000:.0f} ms")


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--members", type=int, default=50)
    parser.add_argument("--inboxes", type=int, default=10)
    parser.add_argument("--period", default="90d")
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--recorded", type=int, default=5000)
    parser.add_argument("--verbose", action="store_true", help="print the slowest query of each")
    return parser.parse_args()


if __name__ == "__main__":
    main()
