"""A long conversation shows its latest entries, and earlier ones as the agent scrolls up."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from inbox.actions.message import post_note
from inbox.models import Message
from tests.browser.held import Held
from tests.processes import until

EARLIER = "**/entries/?before=*"


@pytest.fixture
def long_conversation(acme, agents_away, new_conversation):
    """Create one with four pages of entries."""
    conversation = new_conversation("The very first text", assignee=acme.bob)
    for number in range(160):
        post_note(conversation, body=f"Note {number}", client_id=uuid4(), by=acme.bea)
    return conversation


@pytest.fixture
def bob(acme, at_desk, long_conversation):
    bob = at_desk(acme.bob, long_conversation)
    expect(bob.entries).to_have_count(50)
    return bob


def scroll_to_top(bob):
    bob.page.locator(".timeline > .scroller").evaluate("it => it.scrollTop = -it.scrollHeight")


def button(bob, name="Show earlier messages"):
    return bob.page.get_by_role("button", name=name)


def test_earlier_entries_follow_when_scrolling_up(acme, bob, long_conversation):
    for shown in (100, 150):
        scroll_to_top(bob)
        expect(bob.entries).to_have_count(shown)
    scroll_to_top(bob)
    bob.sees("The very first text")
    total = Message.objects.filter(conversation=long_conversation).count()
    expect(bob.entries).to_have_count(total)
    expect(button(bob)).to_have_count(0)
    seqs = bob.entries.evaluate_all("entries => entries.map(({ dataset }) => +dataset.seq)")
    assert seqs == list(range(1, total + 1))
    expect(bob.page.get_by_role("button", name="New messages")).to_be_hidden()
    # A new entry still goes to the end.
    post_note(long_conversation, body="Something new", client_id=uuid4(), by=acme.bea)
    expect(bob.entries.last).to_contain_text("Something new")
    expect(bob.page.get_by_role("button", name="New messages")).to_be_visible()


def test_visible_entries_do_not_move(bob):
    held = Held(bob.page, EARLIER)
    scroll_to_top(bob)
    held.wait()
    expect(bob.page.get_by_text("Loading earlier messages…")).to_be_visible()
    first = bob.entries.first
    known = bob.page.locator(f"#{first.get_attribute('id')}")
    before = known.bounding_box()
    held.release()
    expect(bob.entries).to_have_count(100)
    expect(known).to_be_in_viewport()
    until(lambda: abs(known.bounding_box()["y"] - before["y"]) < 2, "the same position", 2)


def test_a_failure_is_shown_and_can_be_tried_again_by_keyboard(bob, console):
    console.expect("Failed to load resource", "Failed to fetch")
    requests = []

    def fail(route):
        requests.append(route.request.url)
        route.abort()

    bob.page.route(EARLIER, fail)
    scroll_to_top(bob)
    expect(bob.page.get_by_text("Earlier messages couldn't be loaded.")).to_be_visible()
    scroll_to_top(bob)
    assert len(requests) == 1  # only the button tries again
    bob.page.unroute(EARLIER)
    button(bob, "Try again").focus()
    bob.page.keyboard.press("Enter")
    expect(bob.entries).to_have_count(100)
    expect(button(bob)).to_be_focused()
    bob.page.keyboard.press("Enter")
    expect(bob.entries).to_have_count(150)
    bob.page.keyboard.press("Enter")
    bob.sees("The very first text")
    expect(bob.page.locator(".timeline > .scroller")).to_be_focused()
