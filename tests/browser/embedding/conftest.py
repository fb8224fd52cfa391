"""Chromium and Firefox on pages of another origin."""

import os
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from dev import browser
from tests.browser.people import Visitor

FIREFOX_PROXY = Path(__file__).with_name("firefox_proxy.py")


# Values of Firefox's setting for cookies and storage of third parties.
REFUSED, PARTITIONED = 1, 5


@contextmanager
def running_firefox(playwright, third_parties):
    """Start an ordinary Firefox. The tests fail where there is none and none can be installed."""
    firefox = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=FIREFOX_PROXY,
        firefox_user_prefs={
            # With a process for each site, clicks and keys never reach the frame of the chat.
            "fission.autostart": False,
            "network.cookie.cookieBehavior": third_parties,
        },
        env={**os.environ, "FIREFOX": os.environ.get("FIREFOX") or browser.firefox()},
    )
    yield firefox
    firefox.close()


@pytest.fixture(scope="session")
def firefox(playwright):
    """Refuse cookies and storage of third parties, as full Chromium does here (FLAGS)."""
    with running_firefox(playwright, REFUSED) as firefox:
        yield firefox


@pytest.fixture
def partitioning_firefox(playwright):
    """Keep the storage of third parties, but apart for each website, as Firefox does by default."""
    with running_firefox(playwright, PARTITIONED) as firefox:
        yield firefox


@pytest.fixture(params=["chromium", "firefox"])
def embeds(request):
    """Open a context of Chromium, then of Firefox.

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
