"""Fill one workspace with three years of conversations, for measuring lists, reports and search.

    .venv/bin/python -m bench.history --conversations 1000000 --messages 10000000 [--database URL]

Without --database it fills (once for each size) the kept database that `bench.pages` measures,
below .data/. The same arguments make the same rows, except for the ids of members and inboxes.
"""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import history_words as words
from bench.people import connect_django
from bench.rebuilding import indexes_rebuilt, model_defaults
from bench.stack import services

SCRIPT = Path(__file__).with_name("history.sql")
SLUG = "history"
FILLED = (
    *("inbox_contact", "inbox_visitor", "inbox_conversation", "inbox_message"),
    *("inbox_readmarker", "inbox_conversationlabel", "routing_decision"),
    *("reports_fact", "reports_recordedconversation", "teams_statuschange"),
)
MEMBERS, ADMINISTRATORS, RESTRICTED_EVERY = 200, 5, 8
OFFICE_HOURS = {"week": [{"day": day, "from": "08:00", "to": "17:00"} for day in range(5)]}
FEWEST_ENTRIES = 10  # a conversation on average; the shortest then have four


def fill(
    conversations: int,
    messages: int,
    *,
    until: datetime,
    contacts: int = 0,
    members: int = MEMBERS,
    slug: str = SLUG,
):
    """Create the workspace and its history in one transaction, and return the workspace.

    contacts: a tenth of the conversations by default.
    """
    from django.db import connection, transaction

    if messages < FEWEST_ENTRIES * conversations:
        raise ValueError(f"at least {FEWEST_ENTRIES} messages a conversation")
    with transaction.atomic(), connection.cursor() as cursor:
        workspace, inboxes = make_workspace(members, slug)
        labels, teams = make_labels(workspace), make_teams(workspace)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        store_agents(cursor, inboxes)
        store_numbered(cursor, "bench_label", labels)
        store_numbered(cursor, "bench_team", teams)
        arguments = {
            "workspace": str(workspace.pk),
            "until": until.isoformat(),
            "conversations": conversations,
            "messages": messages,
            "contacts": contacts or max(1, conversations // 10),
            "inboxes": len(inboxes),
            # The entries of the two longest conversations.
            "long": [min(10_000, messages // 100), min(1000, messages // 100)],
            "labels": len(words.LABELS),
            "teams": len(words.TEAMS),
            "questions": words.QUESTIONS,
            "answers": words.ANSWERS,
            "count": len(words.QUESTIONS),
            "first_names": words.FIRST_NAMES,
            "first_count": len(words.FIRST_NAMES),
            "last_names": words.LAST_NAMES,
            "last_count": len(words.LAST_NAMES),
        }
        with model_defaults(cursor, FILLED), indexes_rebuilt(cursor, FILLED):
            run_script(cursor, arguments)
    return workspace


def make_workspace(members: int, slug: str):
    """Create the members and inboxes. The first inboxes have the most agents and conversations."""
    from accounts.models import User
    from inbox.models import Inbox, InboxMember
    from routing.models import Routing
    from teams.actions.workspace import create_workspace
    from teams.models import Membership, Role
    from teams.permissions import Permission

    names = [f"{first} {last}" for last in words.LAST_NAMES for first in words.FIRST_NAMES]
    founder = User.objects.create_user(f"admin@{slug}.example", None, name="Ada Admin")
    workspace = create_workspace("History", by=founder, slug=slug).workspace
    roles = {role.key: role for role in workspace.roles.all()}
    permissions = [Permission.ANSWER, Permission.ASSIGN, Permission.RESOLVE]
    restricted = Role.objects.create(
        workspace=workspace, name="Own conversations", permissions=permissions
    )
    users = [
        User(email=f"agent{number}@{slug}.example", name=names[number % len(names)])
        for number in range(1, members)
    ]
    User.objects.bulk_create(users)
    rows = []
    for number, user in enumerate(users, start=1):
        role = restricted if number % RESTRICTED_EVERY == 0 else roles[Role.AGENT]
        role = roles[Role.ADMINISTRATOR] if number < ADMINISTRATORS else role
        # Running sweeps must neither email anyone nor assign the queue.
        emails = {"email_mine": False, "email_queue": False}
        rows.append(
            Membership(workspace=workspace, user=user, role=role, hours=OFFICE_HOURS, **emails)
        )
    Membership.objects.bulk_create(rows)
    workspace.inboxes.all().delete()
    inboxes = [Inbox.objects.create(workspace=workspace, name=name) for name in words.INBOXES]
    Routing.objects.bulk_create(
        Routing(workspace=workspace, inbox=inbox, leads=Routing.Leads.QUEUE, reply_minutes=None)
        for inbox in inboxes
    )
    InboxMember.objects.bulk_create(
        InboxMember(workspace=workspace, inbox=inboxes[ordinal], membership=membership)
        for number, membership in enumerate(rows)
        for ordinal in {number % len(inboxes), number % 3}
    )
    return workspace, inboxes


def make_labels(workspace) -> list:
    from inbox.models import Label

    return Label.objects.bulk_create(
        Label(workspace=workspace, name=name, colour=number % len(Label.Colour))
        for number, name in enumerate(words.LABELS)
    )


def make_teams(workspace) -> list:
    """Create teams, with every member but the founder in one of them."""
    from teams.models import Team, TeamMember

    teams = [Team.objects.create(workspace=workspace, name=name) for name in words.TEAMS]
    members = workspace.memberships.order_by("user__email")[1:]
    TeamMember.objects.bulk_create(
        TeamMember(workspace=workspace, team=teams[number % len(teams)], membership=membership)
        for number, membership in enumerate(members)
    )
    return teams


def store_numbered(cursor, table: str, rows) -> None:
    """Store the ids of rows, numbered from 1, where the script finds them."""
    cursor.execute(f"CREATE TEMP TABLE {table} (number int, id uuid) ON COMMIT DROP")
    numbered = [(number, row.pk) for number, row in enumerate(rows, start=1)]
    cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s)", numbered)


def store_agents(cursor, inboxes) -> None:
    """Store the inboxes and their agents, numbered, where the script finds them."""
    from django.db import connection
    from psycopg.types.json import Jsonb

    cursor.execute(
        "CREATE TEMP TABLE bench_inbox (number int, id uuid, size int, candidates jsonb)"
        " ON COMMIT DROP;"
        "CREATE TEMP TABLE bench_agent "
        "(inbox int, ordinal int, size int, membership uuid, name text)"
        " ON COMMIT DROP"
    )
    connection.ensure_connection()
    for number, inbox in enumerate(inboxes, start=1):
        members = inbox.members.select_related("membership__user").order_by(
            "membership__user__email"
        )
        agents = [row.membership for row in members]
        candidates = [
            {
                "id": str(agent.pk),
                "name": agent.name,
                "last_assigned_at": ordinal,
                "status": "offline" if ordinal else "available",
                "open_count": 0,
                "capacity": None,
                "wants_email": True,
            }
            for ordinal, agent in enumerate(agents[:10])
        ]
        cursor.execute(
            "INSERT INTO bench_inbox VALUES (%s, %s, %s, %s)",
            [number, inbox.pk, len(agents), Jsonb(candidates)],
        )
        cursor.executemany(
            "INSERT INTO bench_agent VALUES (%s, %s, %s, %s, %s)",
            [
                (number, ordinal, len(agents), agent.pk, agent.name)
                for ordinal, agent in enumerate(agents)
            ],
        )


def run_script(cursor, arguments: dict) -> None:
    """Run the SQL. Its statements are about tables and views too, which take no parameters."""
    from psycopg import sql

    literals = {name: sql.Literal(value) for name, value in arguments.items()}
    for statement in SCRIPT.read_text().split(";\n"):
        if statement.strip():
            text = sql.SQL(statement).format(**literals).as_string(cursor.connection)
            began = time.monotonic()
            cursor.execute(text)
            if (seconds := time.monotonic() - began) > 5:
                title = next(line for line in statement.splitlines() if line and line[:2] != "--")
                print(f"{seconds:6.0f} s  {title}", flush=True)


def kept(conversations: int):
    """Run the kept database of this size, filled the first time; yield its settings."""
    return services(keep=f"bench-history-{conversations}")


def fill_once(conversations: int, messages: int, slug: str = SLUG) -> None:
    """Fill the connected database unless it has this workspace."""
    from django.db import connection

    from teams.models import Workspace

    if Workspace.objects.filter(slug=slug).exists():
        return
    began = time.monotonic()
    until = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    fill(conversations, messages, until=until, slug=slug)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        size = cursor.fetchone()[0]
    seconds = time.monotonic() - began
    print(f"{conversations:,} conversations, {messages:,} messages: {seconds:.0f} s, {size}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--messages", type=int, help="ten times as many by default")
    parser.add_argument("--database", help="the address of a migrated PostgreSQL database")
    arguments = parser.parse_args()
    size = arguments.conversations, arguments.messages or 10 * arguments.conversations
    if arguments.database:
        connect_django({"DATABASE_URL": arguments.database, "LOCAL": "1"})
        fill_once(*size)
    else:
        with kept(arguments.conversations) as settings:
            connect_django(settings)
            fill_once(*size)


if __name__ == "__main__":
    main()
