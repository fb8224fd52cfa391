"""Chromium and Firefox on pages of another origin.

A test in Firefox takes some three times the processor time of one in Chromium. In an ordinary run,
only tests about something that Firefox does in its own way run there, too; `make soak` runs all in
both.
"""

import os
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from dev import browser
from tests.browser.conftest import is_in_firefox
from tests.browser.people import Visitor
from tests.budget import SOAK

FIREFOX_PROXY = Path(__file__).with_name("firefox_proxy.py")


# Values of Firefox's setting for cookies and storage of third parties.
REFUSED, PARTITIONED = 1, 5


RUNNING = {}  # by the treatment of third parties
IS_LAST = pytest.StashKey()  # whether another test of Firefox follows


def start_firefox(playwright, third_parties):
    """Start an ordinary Firefox. The tests fail where there is none and none can be installed."""
    return playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=FIREFOX_PROXY,
        firefox_user_prefs={
            # With a process for each site, clicks and keys never reach the frame of the chat.
            "fission.autostart": False,
            # As Chromium's contexts. Its own windows move, too, and are drawn without a GPU.
            "ui.prefersReducedMotion": 0 if SOAK else 1,
            "network.cookie.cookieBehavior": third_parties,
        },
        env={**os.environ, "FIREFOX": os.environ.get("FIREFOX") or browser.firefox()},
    )


@contextmanager
def running_firefox(test, playwright, third_parties):
    """Lend a Firefox to a test, and close all after the last test that needs one.

    Idle, each takes a fifteenth of a core.
    """
    if third_parties not in RUNNING:
        RUNNING[third_parties] = start_firefox(playwright, third_parties)
    yield RUNNING[third_parties]
    while test.stash[IS_LAST] and RUNNING:
        RUNNING.popitem()[1].close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item, nextitem):
    item.stash[IS_LAST] = nextitem is None or not is_in_firefox(nextitem.nodeid)


@pytest.fixture
def firefox(request, playwright):
    """Refuse cookies and storage of third parties, as full Chromium does here (FLAGS)."""
    with running_firefox(request.node, playwright, REFUSED) as firefox:
        yield firefox


@pytest.fixture
def partitioning_firefox(request, playwright):
    """Keep the storage of third parties, but apart for each website, as Firefox does by default."""
    with running_firefox(request.node, playwright, PARTITIONED) as firefox:
        yield firefox


def pytest_generate_tests(metafunc):
    """Run tests in Firefox, too, that are marked with what Firefox does differently."""
    if "embeds" in metafunc.fixturenames:
        is_in_both = SOAK or metafunc.definition.get_closest_marker("firefox")
        browsers = ["chromium", "firefox"] if is_in_both else ["chromium"]
        metafunc.parametrize("embeds", browsers, indirect=True)


@pytest.fixture
def embeds(request):
    """Open a context of Chromium, or of Firefox.

    Firefox refuses third parties' cookies and storage; so does Chromium with full_chromium=True.
    """
    if request.param == "chromium":
        yield request.getfixturevalue("open_context")
        return
    firefox, contexts = request.getfixturevalue("firefox"), []

    def open_one(*, full_chromium=False, **options):
        contexts.append(firefox.new_context(**options))
        return contexts[-1]

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def site(stack, acme):
    """Give the website pages of this test's own."""
    website = stack.website

    def visit(context, html, path=f"/{acme.workspace.slug}"):
        website.pages[path] = html
        return Visitor(context.new_page(), website.origin + path)

    yield SimpleNamespace(visit=visit, line=website.line(acme.inbox), website=website)
    website.pages.clear()
