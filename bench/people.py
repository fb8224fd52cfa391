"""Create the cast of the measurement with the product's actions: one workspace, one inbox, and
signed-in agents. Visitors are only tokens; the endpoint creates them when they write."""

import datetime
import os
import sys
import time

WORKSPACE = "bench"


def visitor_token(number: int) -> str:
    """Return 43 characters whose hash pgbench can compute from the number."""
    return f"bench{number:038d}"


def connect_django(settings: dict[str, str]) -> None:
    """Connect this process to the stack's database and Redis, set up like a server."""
    os.environ |= settings
    os.environ["DJANGO_SETTINGS_MODULE"] = "messagehub.settings"
    import django

    django.setup()
    from messagehub.lib.startup import freeze_garbage_collector

    freeze_garbage_collector()


def forget_connections() -> None:
    """Let this process reconnect to servers that were restarted in the meantime."""
    from django.db import connection

    from messagehub.lib import redis

    connection.close()
    connection.close_pool()
    redis.client().connection_pool.disconnect()


def settle() -> None:
    """Make presence complete, as it is some time after Redis was started."""
    from messagehub.lib import redis
    from teams import presence

    redis.client().set(presence.HEARD_SINCE, 0)


def make_people(count: int, slug: str = WORKSPACE, prefix: str = "agent-") -> dict:
    """Return a new inbox's key, and each agent's workspace, membership and session cookie.

    A workspace that doesn't exist yet is created. prefix: of the agents' email addresses.
    """
    from accounts.models import User
    from inbox.actions.inbox import add_inbox_member
    from inbox.models import Inbox
    from routing.actions.settings import save_routing
    from routing.models import Routing
    from teams.actions.membership import add_member
    from teams.actions.workspace import create_workspace
    from teams.models import Membership

    administrator = Membership.objects.filter(workspace__slug=slug).order_by("created_at").first()
    if administrator is None:
        founder = User.objects.create_user(f"admin@{slug}.example", None, name="Ada Admin")
        administrator = create_workspace("Bench", by=founder, slug=slug)
    workspace = administrator.workspace
    inbox = Inbox.objects.create(workspace=workspace, name="Bench")
    # So that conversations wait in the queue while no agent is online.
    save_routing(inbox, targets=[], by=administrator, leads=Routing.Leads.QUEUE)
    agents = []
    for number in range(1, count + 1):
        email, name = f"{prefix}{number}@{slug}.example", f"Agent {number}"
        user = User.objects.create_user(email, None, name=name)
        membership = add_member(workspace, user=user)
        add_inbox_member(inbox, membership=membership)
        agents.append(
            {"workspace": slug, "membership": str(membership.pk), "cookies": sign_in(user)}
        )
    return {"inbox": str(inbox.pk), "key": inbox.key, "agents": agents}


def sign_in(user) -> dict[str, str]:
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: "c" * 32}


def conversations_of_agents() -> dict[str, int]:
    """Return the conversation that each agent has open: the latest of their own."""
    from inbox.models import Conversation

    given = Conversation.objects.exclude(assignee=None).order_by("number")
    return {str(agent): number for agent, number in given.values_list("assignee", "number")}


def fill_up() -> None:
    """Set every agent's capacity to one open conversation, which they have.

    They also get quiet hours: the emails about first messages are queued, but none of them leaves
    while the later messages are measured.
    """
    from django.utils import timezone

    from teams.actions.availability import set_capacity
    from teams.models import Membership

    members = Membership.objects.filter(workspace__slug=WORKSPACE).with_related()
    hour = timezone.now().hour  # the workspace's time zone is UTC
    members.update(
        quiet_from=datetime.time((hour - 1) % 24), quiet_to=datetime.time((hour + 4) % 24)
    )
    administrator = members.order_by("created_at")[0]
    for membership in members:
        set_capacity(membership, 1, by=administrator)


def go_offline(patience: float = 120) -> None:
    """Wait until everyone whose pages were closed was announced as offline."""
    from teams.models import Membership

    until = time.monotonic() + patience
    online = Membership.objects.filter(workspace__slug=WORKSPACE).exclude(
        announced_status="offline"
    )
    while online.exists():
        if time.monotonic() > until:
            sys.exit("The agents are still online.")
        time.sleep(0.2)


def require_queued(count: int) -> None:
    """Stop unless this many conversations are in the queue, as the next step assumes."""
    from inbox.models import Conversation

    queued = Conversation.objects.waiting_for_agent().count()
    if queued != count:
        sys.exit(f"{queued} conversations are in the queue, and not {count}.")
