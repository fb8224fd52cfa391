"""Real browsers against the real stack: web with streams, a Celery worker and beat."""

import os
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect, sync_playwright

from demo.cast import PASSWORD
from demo.loading import load_demo
from tests.processes import answers, free_port, until, web, worker

CHROMIUM = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--no-first-run",
]
expect.set_options(timeout=10_000)


@pytest.fixture(autouse=True)
def _orm_beside_playwright(monkeypatch):
    # Playwright's loop runs in this thread; what the test asks the database does not wait for it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or None
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def site(transactional_db, settings):
    """The running product with the demo in it. .app and .shop are two origins."""
    port = free_port()
    settings.PORT = port
    settings.SITE_URL = f"http://localhost:{port}"
    load_demo()
    with web(port, DEMO="1") as process, worker("--beat", DEMO="1", PORT=str(port)):
        until(lambda: answers(port), what="the web server")
        yield SimpleNamespace(
            app=f"http://localhost:{port}", shop=f"http://127.0.0.1:{port}/demo/", web=process
        )


@pytest.fixture
def open_context(chromium):
    """A new browser with nothing in it; all are closed at the end."""
    contexts = []

    def open_one(**options):
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}} | options)
        contexts.append(context)
        return context

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def agent(site, open_context):
    """Somebody at the desk: signs in with a person's own way through the login page."""

    def sign_in(email, **options):
        page = open_context(**options).new_page()
        page.goto(f"{site.app}/accounts/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/conversations/**")
        return page

    return sign_in


class Visitor:
    """A browser on the shop's page."""

    def __init__(self, context, site):
        self.page = context.new_page()
        self.page.goto(site.shop)

    def open(self):
        self.page.get_by_role("button", name="Open the chat").click()
        self.frame = self.page.frame_locator("iframe[src*='/widget/']")
        return self

    def writes(self, words):
        self.frame.get_by_role("textbox", name="Message").fill(words)
        self.frame.get_by_role("button", name="Send").click()

    def sees(self, words):
        expect(self.frame.locator(".entry", has_text=words)).to_have_count(1)

    def is_told(self, words):
        expect(self.frame.locator("#state, #after").filter(has_text=words).first).to_be_visible()


@pytest.fixture
def visitor(site, open_context):
    def arrive(**options):
        return Visitor(open_context(**options), site)

    return arrive
