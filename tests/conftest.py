"""The cast of the tests. Acme: Alice (administrator), Bob and Bea (agents). Globex: Charlie, who
must see nothing of Acme. Vera: a visitor of Acme's website, known only by her token."""

import gc
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from uuid import uuid4

import hypothesis
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client, TransactionTestCase, override_settings
from django.utils import translation
from psycopg._preparing import PrepareManager

from accounts.models import User
from dev.suite import PROCESS_TESTS
from inbox.actions.inbox import add_inbox_member
from inbox.actions.message import post_contact_message
from inbox.models import Conversation, Inbox
from messagehub.lib import redis
from messagehub.lib.tokens import new_token
from routing.models import Routing
from routing.queue_outlook import forget_outlooks
from teams import presence
from teams.actions.membership import add_member
from teams.actions.workspace import create_workspace
from tests.budget import examples
from tests.database import test_database
from tests.live_events import live_events  # noqa: F401
from tests.processes import PATIENCE
from tests.snapshot import Snapshot
from widget.access import find_inbox
from widget.embeddings import noted
from widget.visibility import known

# The time of an example depends on the machine's other work.
EXAMPLES = examples(quick=30, soak=500)  # for tests that name no number of their own
hypothesis.settings.register_profile("suite", deadline=None, max_examples=EXAMPLES)
hypothesis.settings.load_profile("suite")

# Collecting garbage often costs a fifteenth of a run, and most of what is alive stays alive.
gc.freeze()
gc.set_threshold(100_000, 50, 100)

# For tests in which other connections must see the rows, or on_commit hooks must run.
COMMITS = pytest.mark.django_db(transaction=True)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.nodeid.startswith(PROCESS_TESTS):
            item.add_marker(pytest.mark.processes)


# Tables that migrations fill and the product never changes.
FILLED_BY_MIGRATIONS = {
    "django_content_type",
    "django_migrations",
    "django_site",
    "auth_permission",
}


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Create this process's database, and the cast once before any test stops the clock."""
    with django_db_blocker.unblock(), test_database():
        for each in (ACME, GLOBEX):
            each.take()
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_parts():
    """Make two slow parts quick, which take half of the time of tests about neither.

    Password hashes are slow on purpose, and every new client scans all static files.
    """
    with override_settings(WHITENOISE_AUTOREFRESH=True), pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_flush():
    """Delete all rows after a test that commits.

    Django's flush truncates every table and fills some again, which takes longer than most tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", delete_rows)
        yield


@pytest.fixture(scope="session", autouse=True)
def _kept_statements():
    """Keep prepared statements after a rollback, because tests end with one.

    psycopg drops them all in case the tables were created in the transaction. Planning the same
    statements again in each test takes half of PostgreSQL's time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PrepareManager, "clear", lambda self: False)
        patch.setattr(PrepareManager, "prepared_max", 500)
        yield


def delete_rows(case):
    tables = connection.introspection.django_table_names(only_existing=True)
    # Foreign keys are checked at the commit, so the order of the tables doesn't matter.
    statements = "".join(f'DELETE FROM "{table}";' for table in set(tables) - FILLED_BY_MIGRATIONS)
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN {statements} END $$")


@pytest.fixture(autouse=True)
def _default_language():
    """Forget the language of a request of the previous test."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _empty_redis(request):
    """Reset presence and other keys of the previous test, and what the process remembers of it."""
    forget_outlooks()  # the cast has the same ids in every test
    noted.clear()
    known.clear()
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        redis.client().connection_pool.unavailable_until = 0.0
        redis.client().flushdb()
        redis.client().set(presence.HEARD_SINCE, 0)  # as if Redis had been running for a while


def make_user(name, domain):
    # It has no password, because hashing takes longer than most tests and `sign_in` needs none.
    return User.objects.create_user(f"{name.lower()}@{domain}.example", None, name=name)


def make_acme(slug="acme"):
    alice = create_workspace("Acme", by=make_user("Alice", slug), slug=slug)
    inbox = Inbox.objects.select_related("workspace").get(workspace=alice.workspace)
    inbox.members.all().delete()
    people = {}
    for name in ("Bob", "Bea"):
        people[name.lower()] = add_member(alice.workspace, user=make_user(name, slug))
        add_inbox_member(inbox, membership=people[name.lower()])
    # Most tests are about online agents, so unassigned conversations wait in the queue.
    Routing.objects.create(workspace=alice.workspace, inbox=inbox, leads=Routing.Leads.QUEUE)
    return SimpleNamespace(workspace=alice.workspace, inbox=inbox, alice=alice, **people)


def make_globex():
    charlie = create_workspace("Globex", by=make_user("Charlie", "globex"), slug="globex")
    inbox = Inbox.objects.select_related("workspace").get(workspace=charlie.workspace)
    return SimpleNamespace(workspace=charlie.workspace, inbox=inbox, charlie=charlie)


ACME, GLOBEX = Snapshot(make_acme), Snapshot(make_globex)


@pytest.fixture
def acme(db):
    return ACME.restore()


@pytest.fixture
def globex(db):
    return GLOBEX.restore()


class Vera:
    """A visitor's browser with a token. Writes by the product's actions, or over HTTP."""

    def __init__(self, inbox):
        self.inbox = inbox
        self.token = new_token()

    def writes(self, body="Hello?", client_id=None, **fields):
        message, _change = post_contact_message(
            find_inbox(self.inbox.key),
            token=self.token,
            client_id=client_id or uuid4(),
            body=body,
            **fields,
        )
        return message

    def posts(self, body="Hello?", client_id=None, client=None, **fields):
        data = {"body": body, "client_id": str(client_id or uuid4()), **fields}
        return self.call("messages/", data, client=client)

    def call(self, path, data=None, client=None):
        client = client or Client()
        url = f"/widget/{self.inbox.key}/{path}"
        headers = {"Authorization": f"Visitor {self.token}"}
        if data is None:
            return client.get(url, headers=headers)
        body = data if isinstance(data, (bytes, str)) else json.dumps(data)
        return client.post(url, body, content_type="application/json", headers=headers)


@pytest.fixture
def vera(acme):
    return Vera(acme.inbox)


@pytest.fixture
def new_visitor():
    return Vera


def goes_online(*memberships):
    for membership in memberships:
        presence.record_heartbeat(membership, "tab-of-a-test")


def goes_offline(*memberships):
    for membership in memberships:
        presence.remove_tab(membership, "tab-of-a-test")


def keep_waiting(conversation, person):
    """Keep a conversation queued although this member is online, as if they had released it."""
    Conversation.objects.filter(pk=conversation.pk).update(released_by=[person.pk])


@pytest.fixture
def online():
    return goes_online


@pytest.fixture
def offline():
    return goes_offline


@pytest.fixture
def sign_in():
    def signed_in(membership):
        client = Client()
        client.force_login(membership.user)
        return client

    return signed_in


def in_parallel(count, function):
    """Return [function(0), ... function(count - 1)], all started at the same time.

    Each thread opens its own database connection before any of them starts.
    """
    barrier = Barrier(count)

    def call(number):
        try:
            connection.ensure_connection()
            barrier.wait(PATIENCE)
            return function(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, range(count)))
