"""Fixtures for tests with real browsers, a web server with streams and a Celery worker.

One stack serves all tests, and nothing is flushed in between: every test has an Acme of its own,
and Acmes share nothing.
"""

import os
from contextlib import ExitStack
from functools import cache
from secrets import token_hex
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings
from django.utils.timezone import now
from playwright.sync_api import expect, sync_playwright
from xdist.scheduler import LoadFileScheduling

from demo.loading import load_demo
from inbox.actions.assignment import assign_conversation
from messagehub.lib import redis
from teams import presence
from teams.actions.availability import set_away
from teams.models import Workspace
from tests.browser.console import Console
from tests.browser.contexts import ContextPool, new_context
from tests.browser.people import Agent, Visitor
from tests.browser.slowness import APPLICATION
from tests.browser.website import Website
from tests.budget import SOAK
from tests.conftest import Vera, make_acme
from tests.processes import answers, free_port, until, web, worker

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
    "--test-third-party-cookie-phaseout",  # the chat must not need them
    # Pages are left before code that was compiled a second time, for speed, has paid for that.
    *([] if SOAK else ["--js-flags=--no-opt --no-maglev"]),
]
ACME = "acme-"  # each test's Acme has a slug that begins so
expect.set_options(timeout=25_000)


def is_in_firefox(nodeid):
    return "firefox" in nodeid


class ByFileAndFirefox(LoadFileScheduling):
    """Give a worker all tests of a file, but those in Firefox to one, because it starts slowly."""

    def _split_scope(self, nodeid):
        return "firefox" if is_in_firefox(nodeid) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return ByFileAndFirefox(config, log)


@pytest.fixture(scope="session")
def _database(django_db_setup, django_db_blocker):
    """Let tests write to the database that the stack reads. Nothing is rolled back."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def stack(_database):
    """Start the product and a website. .app and .website are two origins and two sites."""
    port = free_port()
    app = f"http://localhost:{port}"
    with override_settings(PORT=port, SITE_URL=app), ExitStack() as up:
        local = {"DEMO": "1", "DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
        up.enter_context(web(port, application=APPLICATION, **local))
        up.enter_context(worker(PORT=str(port), **local))
        website = up.enter_context(Website(app))
        until(lambda: answers(port), what="the web server")
        redis.client().set(presence.HEARD_SINCE, 0)  # presence is known from the start
        yield SimpleNamespace(app=app, port=port, website=website)


@pytest.fixture(scope="session")
def demo(stack):
    """Load the demo's companies and shop page, once because hashing its passwords is slow."""
    load_demo()
    return SimpleNamespace(app=stack.app, shop=f"http://127.0.0.1:{stack.port}/demo/")


@pytest.fixture(scope="session")
def playwright():
    # Playwright's event loop runs in this thread, but database queries don't go through it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        yield playwright
        connections.close_all()  # Django keeps separate connections beside an event loop
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def launch(playwright):
    """Start each browser once: launch(name of the variable with its path)."""

    @cache
    def launch(variable):
        path = os.environ.get(variable) or None
        return playwright.chromium.launch(executable_path=path, args=FLAGS)

    return launch


@pytest.fixture
def console():
    """Fail the test if a browser logs an error that the test did not expect."""
    console = Console()
    yield console
    assert console.complaints() == []


@pytest.fixture
def open_context(launch, console):
    """Open a new, empty browser context in Chromium's headless shell.

    full_chromium: in Chromium itself, which refuses third parties' cookies and storage as ordinary
    browsers do, and freezes pages. It takes three times the processor time.
    """
    contexts = []

    def open_one(**options):
        context = new_context(launch, **options)
        console.listen(context)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def contexts(stack, launch):
    pool = ContextPool(launch, [stack.app, stack.website.origin])
    yield pool
    pool.close()


@pytest.fixture
def warm_context(contexts, console):
    """Take a browser context that has scripts and styles in its cache, and nothing else.

    Init scripts and clocks can't be removed again: tests that need them use `open_context`.
    """
    taken = []

    def take(**options):
        kind, context = contexts.take(**options)
        taken.append((kind, context))
        console.listen(context)
        return context

    yield take
    console.stop_listening()
    for kind, context in taken:
        contexts.give_back(kind, context)


@pytest.fixture
def acme(stack):
    """Create a workspace with Alice, Bob and Bea, whose chat is allowed on the website.

    Those of earlier tests are deleted: periodic tasks pass over them, or would take ever longer.
    """
    Workspace.objects.filter(slug__startswith=ACME, deleted_at=None).update(deleted_at=now())
    acme = make_acme(f"{ACME}{token_hex(4)}")
    acme.inbox.allowed_sites = [stack.website.origin]
    acme.inbox.save()
    return acme


@pytest.fixture
def agents_away(acme):
    """Set the agents away, so that conversations stay where the test puts them."""
    set_away(acme.bob)
    set_away(acme.bea)


@pytest.fixture
def new_vera(acme):
    """Create a visitor without a browser."""
    return lambda: Vera(acme.inbox)


@pytest.fixture
def sign_in(stack, warm_context, open_context):
    """Open a browser with a member's session. test_story.py signs in through the page."""

    def sign_in(membership, *, is_new=False, has_clock=False, **options):
        client = Client()
        client.force_login(membership.user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = (open_context if is_new or has_clock else warm_context)(**options)
        if has_clock:  # it runs, and page.clock.fast_forward moves it
            context.clock.install()
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": stack.app}
        context.add_cookies([cookie])
        return context

    return sign_in


@pytest.fixture
def new_conversation(new_vera):
    """Create a conversation of a new visitor: new_conversation("Hello?", assignee=acme.bob)."""

    def new_conversation(text, assignee=None):
        conversation = new_vera().writes(text).conversation
        if assignee is not None:
            assign_conversation(conversation, assignee=assignee)
        return conversation

    return new_conversation


@pytest.fixture
def at_desk(stack, acme, sign_in):
    """Open a member's desk, live: at_desk(acme.bob, conversation, view="all")."""

    def at_desk(membership, conversation=None, *, app=stack.app, view="mine", **options):
        page = sign_in(membership, **options).new_page()
        return Agent(page, f"{app}/w/{acme.workspace.slug}").goes_to(conversation, view=view)

    return at_desk


@pytest.fixture
def on_website(stack, acme, warm_context):
    """Open the website with the chat."""

    def arrive(context=None, **options):
        page = (context or warm_context(**options)).new_page()
        return Visitor(page, stack.website.page(acme.inbox))

    return arrive
