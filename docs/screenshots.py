"""Take the screenshots of docs/screens.md from a demo that has just been started.

    make reset; make run        # in another terminal
    .venv/bin/python docs/screenshots.py [http://localhost:8000]

CHROMIUM names the browser if it isn't on the PATH. Look at the pictures before you commit them.
"""

import os
import re
import shutil
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
PASSWORD = "messagehub-demo"
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SHOP = {"viewport": {"width": 1280, "height": 800}}
# The picture is complete: parts that load later have come, and nothing moves.
SETTLED = """
() => !document.querySelector(".report-skeleton, .htmx-request, [aria-busy=true]")
  && document.getAnimations().every(({ playState }) => playState !== "running")
"""
PAGES = {  # name: who looks at which page
    "board": ("admin", "routing/"),
    "simulator": ("admin", "routing/simulator/"),
    "reports": ("admin", "reports/"),
    "reports-conversations": ("admin", "reports/conversations/?period=28d"),
    "reports-agents": ("admin", "reports/agents/"),
    "reports-routing": ("admin", "reports/routing/?period=28d"),
    "search": ("agent1", "search/?q=order"),
    "contact": ("agent1", "contacts/"),
}


class Photographer:
    def __init__(self, browser, app):
        self.browser = browser
        self.app = app
        self.signed_in = {}

    def sign_in(self, name):
        """Return the cookies of this person, who signs in once."""
        if name not in self.signed_in:
            context = self.browser.new_context()
            page = context.new_page()
            page.goto(f"{self.app}/accounts/login/")
            page.get_by_label("Email").fill(f"{name}@acme.example")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/w/acme/**")
            self.signed_in[name] = context.storage_state()
            context.close()
        return self.signed_in[name]

    def open(self, name, path, scheme, size):
        state = self.sign_in(name)
        context = self.browser.new_context(storage_state=state, color_scheme=scheme, **size)
        page = context.new_page()
        page.goto(f"{self.app}/w/acme/{path}")
        return page

    def take(self, page, name, scheme):
        page.wait_for_function(SETTLED)
        page.screenshot(path=DOCS / f"{name}-{scheme}.png")
        page.context.close()

    def take_pages(self, scheme):
        for name, (who, path) in PAGES.items():
            page = self.open(who, path, scheme, DESKTOP)
            if name == "contact":
                page.get_by_role("link", name="Jonas Okafor").first.click()
            self.take(page, name, scheme)

    def take_desk(self, scheme):
        for name, size in (("desk", DESKTOP), ("desk-phone", PHONE)):
            page = self.open("agent1", "conversations/?view=all", scheme, size)
            page.locator('live-desk[data-connection="live"]').wait_for(state="attached")
            if size is DESKTOP:
                page.get_by_role("link", name="Jonas Okafor").first.click()
                page.get_by_role("textbox", name="Reply").wait_for()
            self.take(page, name, scheme)

    def take_chat(self, scheme):
        agent = self.open("agent1", "conversations/?view=mine", scheme, DESKTOP)
        agent.locator('live-desk[data-connection="live"]').wait_for(state="attached")
        context = self.browser.new_context(color_scheme=scheme, **SHOP)
        page = context.new_page()
        page.goto(self.app.replace("localhost", "127.0.0.1") + "/demo/")
        page.get_by_role("button", name=re.compile("the chat")).click()
        chat = page.frame_locator("iframe[src*='/widget/']")
        chat.get_by_role("textbox", name="Message").fill("Does the Walnut come with a red cable?")
        chat.get_by_role("button", name="Send").click()
        agent.locator("#conversation-list > .row a", has_text="red cable").first.click()
        agent.get_by_role("textbox", name="Reply").fill(
            "It does! **Choose “red”** below the picture."
        )
        agent.get_by_role("button", name="Send", exact=True).click()
        chat.get_by_text("below the picture").wait_for()
        self.take(page, "widget", scheme)
        agent.get_by_role("button", name="Resolve").click()
        agent.get_by_role("button", name="Reopen").wait_for()
        agent.context.close()


def main():
    app = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000"
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        photographer = Photographer(browser, app)
        # Someone is available in all of them.
        photographer.open("agent1", "conversations/?view=all", "light", DESKTOP)
        for take, scheme in product(("pages", "desk", "chat"), ("light", "dark")):
            getattr(photographer, f"take_{take}")(scheme)


main()
