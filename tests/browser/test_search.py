"""An agent finds last year's message, and reads on from there."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inbox.actions.message import post_note
from inbox.models import Message
from search.indexing import index_new_messages
from tests.browser.people import PHONE


@pytest.fixture
def conversation(acme, agents_away, new_conversation):
    """Create one with five pages of entries, the first of them a year ago."""
    conversation = new_conversation("Where is my order?", assignee=acme.bob)
    for number in range(220):
        body = "The kettle leaks & drips" if number == 40 else f"Note {number}"
        post_note(conversation, body=body, client_id=uuid4(), by=acme.bea)
    old = Message.objects.filter(conversation=conversation, seq__lt=100)
    old.update(created_at=timezone.now() - timedelta(days=365))
    index_new_messages()
    return conversation


def in_view(page, text):
    expect(page.locator(".entry").filter(has_text=text)).to_be_in_viewport()


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_last_years_message_is_found_and_read_in_its_context(acme, conversation, at_desk, size):
    bob = at_desk(acme.bob, view="all", **size)
    page = bob.page
    if size:
        page.get_by_role("link", name="Search").tap()
    else:
        page.keyboard.press("/")
    page.get_by_role("searchbox").fill("kett")
    hit = page.locator("#message-hits a")
    expect(hit).to_contain_text("The kettle leaks & drips")
    expect(hit.locator("mark")).to_have_text("kettle")
    expect(page).to_have_url(re.compile(r"q=kett$"))
    if size:
        hit.tap()
    else:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    in_view(page, "The kettle leaks")
    expect(bob.entries).to_have_count(50)
    # What comes meanwhile doesn't appear as if it followed; reading on has no gaps.
    post_note(conversation, body="Just now", client_id=uuid4(), by=acme.bea)
    expect(bob.entries).to_have_count(51)
    expect(bob.entries.last).to_contain_text("Just now")
    total = Message.objects.filter(conversation=conversation).count()
    first = int(bob.entries.first.get_attribute("data-seq"))
    for shown in (101, 151, 201, total - first + 1):
        page.locator(".timeline > .scroller").evaluate("it => it.scrollTop = 0")
        expect(bob.entries).to_have_count(shown)
    seqs = bob.entries.evaluate_all("entries => entries.map(({ dataset }) => +dataset.seq)")
    assert seqs == list(range(first, total + 1))
    expect(bob.entries.last).to_contain_text("Just now")
    expect(page.get_by_role("link", name="Jump to the latest")).to_have_count(0)
    jumps_to_the_latest(bob, conversation)


def jumps_to_the_latest(bob, conversation):
    """Follow a link to an old message, answer there and go on to the latest."""
    number, page = conversation.number, bob.page
    page.goto(f"{bob.workspace}/conversations/{number}/?view=all&entry=42#entry-{number}-42")
    in_view(page, "Note 39")
    bob.notes("I answer here")  # is stored although the entries before it aren't shown
    page.get_by_role("link", name="Jump to the latest").click()
    in_view(page, "I answer here")
    expect(bob.entries).to_have_count(50)
