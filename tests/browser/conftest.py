"""Real browsers against the real stack: web with streams, a Celery worker and beat.

One stack serves all tests, and nothing is flushed under its feet: every test has an Acme of its
own, and Acmes share nothing.
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
from playwright.sync_api import expect, sync_playwright

from demo.loading import load_demo
from inbox.actions.assignment import assign_conversation
from messagehub.lib import redis
from teams import presence
from teams.actions.availability import go_away
from tests.browser.console import Console
from tests.browser.contexts import ContextPool, new_context
from tests.browser.people import Agent, Visitor
from tests.browser.website import Website
from tests.conftest import Vera, make_acme
from tests.processes import answers, free_port, until, web, worker

FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
    "--test-third-party-cookie-phaseout",  # every chat here does without them
]
# Sweeps every 3 to 8 seconds, or in `make soak` as in real life.
PACE = "1" if os.environ.get("SOAK") else "2"
expect.set_options(timeout=25_000)


@pytest.fixture(scope="session")
def _database(django_db_setup, django_db_blocker):
    """Tests here write to the database that the stack reads: nothing is rolled back."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def stack(_database, tmp_path_factory):
    """The running product. .app and .website are two origins, and two sites."""
    port = free_port()
    app = f"http://localhost:{port}"
    schedule = tmp_path_factory.mktemp("beat") / "schedule"
    with override_settings(PORT=port, SITE_URL=app), ExitStack() as up:
        local = {"DEMO": "1", "PACE": PACE}
        up.enter_context(web(port, DJANGO_SETTINGS_MODULE="tests.browser.settings", **local))
        up.enter_context(worker("--beat", f"--schedule={schedule}", PORT=str(port), **local))
        website = up.enter_context(Website(app))
        until(lambda: answers(port), what="the web server")
        redis.client().set(presence.SINCE, 0)  # as it is once it has run for a while
        yield SimpleNamespace(app=app, port=port, website=website)


@pytest.fixture(scope="session")
def demo(stack):
    """The demo's companies and shop page, made once: its passwords take their time."""
    load_demo()
    return SimpleNamespace(app=stack.app, shop=f"http://127.0.0.1:{stack.port}/demo/")


@pytest.fixture(scope="session")
def playwright():
    # Its loop runs in this thread; what a test asks the database does not wait for it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        yield playwright
        connections.close_all()  # beside the loop Django keeps connections of their own
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def launch(playwright):
    """launch(the variable that has the browser's path): each once."""

    @cache
    def launch(variable):
        path = os.environ.get(variable) or None
        return playwright.chromium.launch(executable_path=path, args=FLAGS)

    return launch


@pytest.fixture
def console():
    """What the browsers complained about; a test names in advance what it provokes."""
    console = Console()
    yield console
    assert console.complaints() == []


@pytest.fixture
def open_context(launch, console):
    """A new browser with nothing in it; all are closed at the end.

    embeds: for a website that has the chat, with the rules for third parties that people's
    browsers have. Chromium's headless shell has none, and is twice as quick.
    """
    contexts = []

    def open_one(*, embeds=False, **options):
        context = new_context(launch, embeds=embeds, **options)
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
    """A browser that has been here before, with nothing of it but the cached scripts and styles.

    For tests that add scripts to the context or install a clock, which can't be taken out again,
    there is `open_context`.
    """
    taken = []

    def take(*, embeds=False, **options):
        kind, context = contexts.take(embeds=embeds, **options)
        taken.append((kind, context))
        console.listen(context)
        return context

    yield take
    console.stop_listening()
    for kind, context in taken:
        contexts.give_back(kind, context)


@pytest.fixture
def acme(stack):
    """Alice, Bob and Bea in a workspace of this test's own, with the chat on the website."""
    acme = make_acme(f"acme-{token_hex(4)}")
    acme.inbox.allowed_sites = [stack.website.origin]
    acme.inbox.save()
    return acme


@pytest.fixture
def agents_away(acme):
    """Routing gives nothing to anybody: conversations stay where the test puts them."""
    go_away(acme.bob)
    go_away(acme.bea)


@pytest.fixture
def new_vera(acme):
    """Another visitor, of whom only what they write matters."""
    return lambda: Vera(acme.inbox)


@pytest.fixture
def sign_in(stack, warm_context, open_context):
    """A browser with somebody's session: signing in by hand is what the story does."""

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
    """A new visitor's conversation: new_conversation("Hello?", assignee=acme.bob)."""

    def new_conversation(text, assignee=None):
        conversation = new_vera().writes(text).conversation
        if assignee is not None:
            assign_conversation(conversation, assignee=assignee)
        return conversation

    return new_conversation


@pytest.fixture
def at_desk(stack, acme, sign_in):
    """Somebody at the desk, hearing live: at_desk(acme.bob, conversation, view="all")."""

    def at_desk(membership, conversation=None, *, app=stack.app, view="mine", **options):
        page = sign_in(membership, **options).new_page()
        return Agent(page, f"{app}/w/{acme.workspace.slug}").goes_to(conversation, view=view)

    return at_desk


@pytest.fixture
def on_website(stack, acme, warm_context):
    """A visitor of a website that has the chat."""

    def arrive(context=None, **options):
        page = (context or warm_context(embeds=True, **options)).new_page()
        return Visitor(page, stack.website.page(acme.inbox))

    return arrive
