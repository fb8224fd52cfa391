"""Run the work that bench/routing.py measures: decisions one after another, each with the time
from the call until the commit."""

import time
from collections import Counter
from uuid import uuid4

from bench.people import connect_django, settle

# Work that a process does once: compiling templates and statements.
WARM_UP = 20
# Higher than the numbers that the workspace assigns itself.
FAR = 1_000_000


class Clock:
    """Measure milliseconds and this thread's processor milliseconds until read()."""

    def __init__(self):
        self.started_at = time.perf_counter(), time.thread_time()

    def read(self) -> tuple[float, float]:
        now = time.perf_counter(), time.thread_time()
        return tuple(
            (at - started) * 1000 for at, started in zip(now, self.started_at, strict=True)
        )


def make_members(count: int) -> list[str]:
    """Create a workspace with this many members and return their ids."""
    from accounts.models import User
    from teams.actions.workspace import create_workspace
    from teams.models import Membership, Role

    founder = User.objects.create_user("admin@bench.example", None, name="Ada Admin")
    workspace = create_workspace("Bench", by=founder, slug="bench").workspace
    role = workspace.roles.get(key=Role.AGENT)
    numbers = range(1, count + 1)
    users = [User(email=f"agent{n}@bench.example", name=f"Agent {n}") for n in numbers]
    User.objects.bulk_create(users)
    members = [Membership(workspace=workspace, user=user, role=role) for user in users]
    Membership.objects.bulk_create(members)
    return [str(each.pk) for each in members]


def make_inbox(name: str, members: list[str]) -> str:
    from inbox.models import Inbox, InboxMember
    from teams.models import Workspace

    workspace = Workspace.objects.get(slug="bench")
    inbox = Inbox.objects.create(workspace=workspace, name=name)
    InboxMember.objects.bulk_create(
        [InboxMember(workspace=workspace, inbox=inbox, membership_id=pk) for pk in members]
    )
    return str(inbox.pk)


def make_waiting(inbox: str, count: int, first_number: int) -> list[str]:
    """Create unassigned conversations and return their ids."""
    from inbox.models import Contact, Conversation, Inbox

    inbox = Inbox.objects.select_related("workspace").get(pk=inbox)
    contacts = [Contact(workspace=inbox.workspace) for _ in range(count)]
    Contact.objects.bulk_create(contacts)
    rows = [
        Conversation(
            workspace=inbox.workspace,
            inbox=inbox,
            contact=contact,
            number=FAR + first_number + position,
        )
        for position, contact in enumerate(contacts)
    ]
    Conversation.objects.bulk_create(rows)
    return [str(row.pk) for row in rows]


def go_online(members: list[str]) -> None:
    """Set the members online for longer than any run takes."""
    from teams import presence
    from teams.models import Membership

    settle()
    presence.ALIVE_MS = 24 * 3_600_000
    for membership in Membership.objects.filter(pk__in=members):
        presence.record_heartbeat(membership, "tab-of-the-bench")


def decide(settings: dict, conversations: list[str], begin: float) -> list[tuple[float, float]]:
    """Route the conversations from that time on; return [(milliseconds, of the processor)]."""
    connect_django(settings)
    from inbox.models import Conversation
    from routing.actions.assignment import route_conversation

    warm, conversations = conversations[:WARM_UP], conversations[WARM_UP:]
    for pk in warm:
        route_conversation(Conversation(pk=pk), trigger="message")
    time.sleep(max(0, begin - time.time()))
    took = []
    for pk in conversations:
        clock = Clock()
        assignee = route_conversation(Conversation(pk=pk), trigger="message")
        took.append(clock.read())
        if assignee is None:
            raise RuntimeError("no assignee was found")
    return took


def write(
    settings: dict, inbox: str, count: int, begin: float, *, routed: bool
) -> list[tuple[float, float]]:
    """Store the first messages of this many visitors, until they are committed and published.

    Returns (milliseconds, processor milliseconds) of each. routed=False: without routing, which
    leaves them waiting.
    """
    connect_django(settings)
    from inbox.actions.message import post_contact_message
    from inbox.models import Inbox
    from inbox.signals import conversation_needs_agent
    from messagehub.lib.tokens import new_token
    from routing.receivers import choose_assignee

    inbox = Inbox.objects.select_related("workspace").get(pk=inbox)
    if not routed:
        conversation_needs_agent.disconnect(choose_assignee)
    took = []
    try:
        for number in range(count + WARM_UP):
            if number == WARM_UP:
                time.sleep(max(0, begin - time.time()))
                took.clear()
            token, client_id = new_token(), uuid4()
            clock = Clock()
            message, _change = post_contact_message(
                inbox, token=token, client_id=client_id, body=f"Message {number} of one process"
            )
            took.append(clock.read())
            if routed != bool(message.conversation.assignee_id):
                raise RuntimeError("routed" if not routed else "no assignee was found")
    finally:
        conversation_needs_agent.connect(choose_assignee)
    return took


def bare(settings: dict, conversations: list[str], begin: float) -> list[tuple[float, float]]:
    """Lock, read and write the same rows without any rules, to show what the database allows."""
    connect_django(settings)
    from django.db import connection

    time.sleep(max(0, begin - time.time()))
    took = []
    with connection.cursor() as cursor:
        for pk in conversations:
            clock = Clock()
            for statement in BARE:
                cursor.execute(statement, {"pk": pk})
            took.append(clock.read())
    return took


BARE = (
    "BEGIN",
    "SELECT * FROM inbox_conversation WHERE id = %(pk)s FOR NO KEY UPDATE",
    "SELECT r.id FROM routing_routing r JOIN inbox_conversation c ON c.inbox_id = r.inbox_id"
    " WHERE c.id = %(pk)s FOR NO KEY UPDATE OF r",
    "SELECT m.id, u.name FROM inbox_conversation c JOIN inbox_inboxmember i ON"
    " i.inbox_id = c.inbox_id JOIN teams_membership m ON m.id = i.membership_id"
    " JOIN accounts_user u ON u.id = m.user_id WHERE c.id = %(pk)s",
    "UPDATE routing_routing SET assignment_count = assignment_count + 1 WHERE inbox_id ="
    " (SELECT inbox_id FROM inbox_conversation WHERE id = %(pk)s)",
    "INSERT INTO inbox_message (id, created_at, workspace_id, conversation_id, seq, kind, body,"
    " activity, details) SELECT gen_random_uuid(), now(), workspace_id, id, last_seq + 1,"
    " 'activity', '', 'assigned', '{}' FROM inbox_conversation WHERE id = %(pk)s",
    "UPDATE inbox_conversation SET last_seq = last_seq + 1 WHERE id = %(pk)s",
    "COMMIT",
)


def spread(inboxes: list[str]) -> dict[str, tuple[int, int]]:
    """Return {inbox: (fewest, most)} conversations that online members were assigned."""
    from routing.models import Decision

    counts: dict[str, Counter] = {inbox: Counter() for inbox in inboxes}
    assigned = Decision.objects.exclude(chosen=None).values_list("conversation__inbox", "chosen")
    for inbox, chosen in assigned:
        counts[str(inbox)][chosen] += 1
    return {
        inbox: (min(found.values()), max(found.values()))
        for inbox, found in counts.items()
        if found
    }


def divide(rows: list[str], parts: int) -> list[list[str]]:
    """Divide the rows into this many parts, as evenly as possible."""
    return [rows[part::parts] for part in range(parts)]
