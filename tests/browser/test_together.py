"""Agents and visitors in one conversation at the same time: no one answers blind or twice."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from inbox.actions.message import post_reply
from inbox.models import Conversation, Draft, Message
from tests.browser.people import PHONE
from tests.processes import until


def send(agent, size):
    """Send with Enter, or where that makes a new line with the button."""
    if size:
        agent.page.get_by_role("button", name="Send", exact=True).tap()
    else:
        agent.field.press("Enter")


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_two_agents_collide_and_one_is_warned(acme, agents_away, at_desk, new_vera, console, size):
    console.expect("412 (Precondition Failed)")
    conversation = new_vera().writes("Is it in stock?").conversation
    bob = at_desk(acme.bob, conversation, view="all", **size)
    bea = at_desk(acme.bea, conversation, view="all", **size)
    line = bob.page.locator("together-line")
    expect(line).to_have_text("Bea also has this open")
    bob.field.press_sequentially("Let me look")
    expect(bea.page.locator("together-line")).to_have_text("Bob is typing a reply…")
    until(lambda: Draft.objects.filter(conversation=conversation).exists(), what="Bob's draft")
    expect(bea.page.locator("together-line")).to_have_text("Bob has started a reply")
    bea.replies("Yes, five of them")
    bob.sees("Yes, five of them")
    send(bob, size)
    news = bob.page.locator("#panel-reply .news")
    expect(news).to_have_text(
        re.compile(r"^\s*Bea answered \d+ seconds? ago:\s+Yes, five of them\s+Your")
    )
    expect(bob.field).to_have_value("Let me look")
    assert not Message.objects.filter(conversation=conversation, body="Let me look").exists()
    send(bob, size)
    bob.sees("Let me look")
    expect(news).to_be_hidden()
    expect(bob.field).to_have_value("")
    until(lambda: not Draft.objects.filter(conversation=conversation).exists(), what="no draft")


def test_a_reply_to_messages_that_were_on_the_screen_warns_of_nothing(
    acme, agents_away, at_desk, new_vera
):
    vera = new_vera()
    conversation = vera.writes("Is it in stock?").conversation
    bob = at_desk(acme.bob, conversation, view="all", has_clock=True)
    vera.writes("In red?")
    bob.sees("In red?")
    bob.page.clock.fast_forward(3_000)
    bob.replies("In red, too")
    expect(bob.page.locator(".news:visible")).to_have_count(0)


CONTENT_BEFORE = "element => getComputedStyle(element, '::before').content"


def test_a_draft_goes_on_on_another_device(acme, agents_away, at_desk, new_vera):
    conversation = new_vera().writes("Is it in stock?").conversation
    desk = at_desk(acme.bob, conversation, view="all")
    desk.field.press_sequentially("Dear Vera")
    drafts = Draft.objects.filter(conversation=conversation)
    until(lambda: drafts.filter(body="Dear Vera").exists(), what="the draft")
    row = desk.rows.first.locator(".preview")
    until(lambda: "Draft" in row.evaluate(CONTENT_BEFORE), what="the mark of the row")
    desk.page.reload()
    expect(desk.field).to_have_value("Dear Vera")
    phone = at_desk(acme.bob, conversation, view="all", is_new=True)
    expect(phone.field).to_have_value("Dear Vera")
    phone.field.press_sequentially(", yes")
    until(lambda: drafts.filter(body="Dear Vera, yes").exists(), what="the phone's draft")
    desk.field.press_sequentially(", no")
    note = desk.page.locator("#panel-reply .draft-note")
    expect(note).to_contain_text("On another device you wrote: Dear Vera, yes")
    assert drafts.get().body == "Dear Vera, no"
    note.get_by_role("button", name="Discard").click()
    expect(note).to_be_hidden()
    desk.page.get_by_role("button", name="Send", exact=True).click()
    desk.sees("Dear Vera, no")
    phone.sees("Dear Vera, no")
    until(lambda: not drafts.exists(), what="the draft's end")


def test_an_agent_edits_the_last_reply_with_the_keyboard_and_deletes_it(
    acme, agents_away, at_desk, on_website
):
    vera = on_website().open()
    vera.writes("Is it in stock?")
    conversation = Conversation.objects.get(inbox=acme.inbox)
    bob = at_desk(acme.bob, conversation, view="all")
    bob.replies("Yes, fvie")
    vera.sees("Yes, fvie")
    bob.field.press("ArrowUp")
    field = bob.page.get_by_role("textbox", name="Edit message")
    expect(field).to_be_focused()
    field.fill("Yes, five")
    field.press("Enter")
    bob.sees("Yes, five")
    expect(bob.entries.filter(has_text="Yes, five")).to_contain_text("edited")
    expect(bob.rows.first).to_contain_text("Yes, five")
    vera.sees("Yes, five")
    expect(vera.entries.filter(has_text="Yes, five")).to_contain_text("edited")
    expect(bob.field).to_be_focused()
    entry = bob.entries.filter(has_text="Yes, five")
    entry.hover()
    entry.get_by_role("button", name="Edit or delete").click()
    bob.page.get_by_role("button", name="Delete", exact=True).click()
    bob.page.get_by_role("button", name="Delete for everyone?").click()
    bob.sees("Message deleted")
    vera.sees("Message deleted")
    expect(vera.entries.filter(has_text="five")).to_have_count(0)
    assert Message.objects.get(conversation=conversation, kind="reply").body == ""


def test_typing_is_seen_both_ways(acme, agents_away, at_desk, on_website):
    vera = on_website().open()
    vera.writes("Is it in stock?")
    conversation = Conversation.objects.get(inbox=acme.inbox)
    bob = at_desk(acme.bob, conversation, view="all")
    vera.field.press_sequentially("In r")
    name = conversation.contact.display_name
    expect(bob.page.locator("together-line")).to_have_text(f"{name} is typing…")
    expect(bob.page.locator("together-line p")).to_be_hidden(timeout=15_000)
    bob.page.get_by_role("tab", name="Note").click()
    bob.page.get_by_role("textbox", name="Private note").press_sequentially("Hm")
    bob.page.get_by_role("tab", name="Reply").click()
    expect(vera.frame.get_by_text("is typing")).to_have_count(0)
    bob.field.press_sequentially("Yes")
    typing = vera.frame.get_by_text("Bob is typing…")
    expect(typing).to_be_visible()
    post_reply(conversation, body="Yes, in red", client_id=uuid4(), by=acme.bob)
    vera.sees("Yes, in red")
    expect(typing).to_be_hidden()
