"""Nicknames of visitors, and renaming them in the header."""

import re

import pytest
from playwright.sync_api import expect

from inbox.models import Contact
from inbox.nicknames import nickname
from tests.browser.people import PHONE
from tests.processes import until


@pytest.fixture
def conversation(agents_away, new_conversation):
    return new_conversation("Do you ship to Norway?")


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_an_agent_renames_a_visitor_in_the_header(acme, at_desk, conversation, options):
    name = nickname(conversation.contact_id)
    bob = at_desk(acme.bob, conversation, view="all", **options)
    bea = at_desk(acme.bea, conversation, view="all")
    heading = bob.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(name)

    bob.page.get_by_role("button", name="Rename").click()
    field = bob.page.get_by_role("textbox", name="Name", exact=True)
    expect(field).to_be_focused()
    field.fill("Nobody")
    field.press("Escape")
    expect(heading).to_have_text(name)
    bob.page.get_by_role("button", name="Rename").click()
    expect(field).to_have_value("")
    field.fill("Vera Ito")
    field.press("Enter")
    expect(heading).to_have_text("Vera Ito")
    for page in (bob.page, bea.page):
        expect(page.get_by_role("heading", level=1)).to_have_text("Vera Ito")
        expect(page).to_have_title(re.compile("Vera Ito · Acme"))
    expect(bea.rows.filter(has_text="Vera Ito")).to_have_count(1)
    assert until(lambda: Contact.objects.get(pk=conversation.contact_id).name) == "Vera Ito"


def test_the_header_shows_the_name_and_the_inbox(acme, at_desk, conversation):
    """The buttons lose their labels before the name is cut."""
    Contact.objects.filter(pk=conversation.contact_id).update(name="Jonas Okafor-Lindqvist")
    bob = at_desk(acme.bob, conversation, view="all")
    for width in (1440, 1280, 1180):
        bob.page.set_viewport_size({"width": width, "height": 800})
        for part in ("h1", "hgroup small"):
            text = bob.page.locator(f".talk .bar {part}")
            expect(text).to_be_visible()
            assert text.evaluate("each => each.scrollWidth <= each.clientWidth"), (part, width)
        expect(bob.page.get_by_role("button", name="Resolve")).to_be_visible()
        expect(bob.page.get_by_role("button", name="Snooze")).to_be_visible()
