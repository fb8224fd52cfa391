"""Page objects: what visitors and agents do and see in their browsers."""

import re
from contextlib import contextmanager

from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


class Visitor:
    """A browser on a website that has the chat."""

    def __init__(self, page, address):
        self.page = page
        self.launcher = page.get_by_role("button", name=re.compile("the chat"))
        self.frame = page.frame_locator("iframe[src*='/widget/']")
        self.field = self.frame.get_by_role("textbox", name="Message")
        self.entries = self.frame.locator("#timeline .entry")
        self.pending = self.frame.locator("#pending .entry")
        page.goto(address)

    def open(self):
        self.launcher.click()
        expect(self.frame.locator("#log")).to_have_attribute("aria-busy", "false")
        return self

    def reload(self):
        self.page.reload()
        return self.open()

    def types(self, text):
        self.field.fill(text)
        self.frame.get_by_role("button", name="Send").click()

    def writes(self, text):
        """Send a message and wait until it is stored."""
        self.types(text)
        self.sees(text)

    def sees(self, text):
        expect(self.entries.filter(has_text=text)).to_have_count(1)
        expect(self.pending.filter(has_text=text)).to_have_count(0)

    def sees_state(self, text):
        expect(self.frame.locator("#state, #after").filter(has_text=text).first).to_be_visible()

    def inner_frame(self):
        """Return the chat's frame, to evaluate scripts in it."""
        return next(frame for frame in self.page.frames if "/widget/" in frame.url)


class Agent:
    """A browser that shows the desk of a workspace."""

    def __init__(self, page, workspace):
        self.page = page
        self.workspace = workspace
        self.rows = page.locator("#conversation-list > .row")
        self.timeline = page.locator(".timeline")
        self.entries = page.locator(".timeline .entry")
        self.field = page.get_by_role("textbox", name="Reply")
        self.assignee = page.get_by_label("Assigned Agent")

    def goes_to(self, conversation=None, *, view="mine"):
        number = f"{conversation.number}/" if conversation else ""
        with self.comes_online():
            self.page.goto(f"{self.workspace}/conversations/{number}?view={view}")
        return self

    @contextmanager
    def comes_online(self):
        """Wait until the desk that is opened inside is live and its member counts as online.

        The stream and the first heartbeat are independent of each other.
        """
        with self.page.expect_response("**/presence/"):
            yield
        self.expect_live()

    def expect_live(self):
        expect(self.page.locator('live-desk[data-connection="live"]')).to_be_attached()

    def opens(self, text):
        self.rows.filter(has_text=text).get_by_role("link").first.click()
        expect(self.timeline).to_contain_text(text)

    def replies(self, text):
        self.field.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()
        self.sees(text)

    def notes(self, text):
        self.page.get_by_role("tab", name="Note").click()
        self.page.get_by_role("textbox", name="Private note").fill(text)
        self.page.get_by_role("button", name="Add note").click()
        self.sees(text)

    def sees(self, text):
        expect(self.entries.filter(has_text=text)).to_have_count(1)

    def sees_counts(self, **counts):
        for view, count in counts.items():
            expect(self.page.locator(f"#view-{view} b")).to_have_text(str(count))

    def assigns_to(self, name):
        choose(self.assignee, name)


def choose(select, name):
    """Choose a member in a select that loads its options when it gets the focus."""
    select.focus()
    select.select_option(label=name)
