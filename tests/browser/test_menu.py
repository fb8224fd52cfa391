"""The chat's menu, on a website of another origin."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_reply
from inbox.models import Conversation
from outbox.models import Delivery
from tests.browser.held import Held
from tests.browser.people import PHONE
from tests.browser.test_axe import find_violations
from tests.processes import until


@pytest.fixture
def answered(acme, on_website):
    """Vera's open chat with a reply of Bob."""

    def answer(**size):
        vera = on_website(**size).open()
        vera.writes("Where is my parcel?")
        conversation = Conversation.objects.get(inbox=acme.inbox)
        assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
        post_reply(conversation, body="On its way.", client_id=uuid4(), by=acme.bob)
        vera.sees("On its way.")
        return vera

    return answer


def choose(vera, name):
    vera.frame.get_by_role("button", name="Options").click()
    vera.frame.get_by_role("button", name=name).click()


def test_end_start_another_and_read_the_earlier_one(acme, answered):
    vera = answered()
    choose(vera, "End this conversation")
    vera.sees_state("This conversation is closed.")
    choose(vera, "Start a new conversation")
    expect(vera.entries).to_have_count(0)
    expect(vera.field).to_be_focused()
    vera.writes("Do you also sell tea?")
    assert Conversation.objects.filter(inbox=acme.inbox).count() == 2
    second = Conversation.objects.filter(inbox=acme.inbox).latest("number")
    post_reply(second, body="We do.", client_id=uuid4(), by=acme.bea)
    vera.sees("We do.")  # the stream has followed
    expect(vera.entries.locator(".bubble")).to_have_text(["Do you also sell tea?", "We do."])
    vera.reload()
    expect(vera.entries.locator(".bubble")).to_have_text(["Do you also sell tea?", "We do."])

    file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Notes"}
    vera.frame.locator("input[type=file]").set_input_files([file])
    vera.frame.get_by_role("button", name="Remove").click()
    choose(vera, "Earlier conversations")
    dialog = vera.frame.get_by_role("dialog", name="Earlier conversations")
    row = dialog.get_by_role("button", name="On its way.")
    expect(row).to_be_focused()
    assert find_violations(vera.page, vera.inner_frame()) == []
    vera.page.keyboard.press("Enter")
    bubbles = dialog.locator(".bubble")
    expect(bubbles).to_have_text(["Where is my parcel?", "On its way."])
    # The styles for files, which are loaded by now, don't reach in here.
    back = dialog.get_by_role("button", name="Back")
    expect(back).not_to_have_css("color", "rgb(255, 255, 255)")
    back.click()
    expect(row).to_be_focused()
    vera.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(vera.field).to_be_visible()  # Escape has not closed the chat
    expect(vera.entries).to_have_count(2)


def keep_last_entry(route):
    """Answer as if the conversation were so long that only its last entry is sent at first."""
    html = route.fetch().json()["html"]
    route.fulfill(json={"html": html[html.rindex("<li") :], "has_more": True})


def test_earlier_messages_are_shown_once_however_often_they_are_asked_for(acme, answered):
    vera = answered()
    vera.page.route("**/conversations/*/", keep_last_entry)
    choose(vera, "End this conversation")
    vera.sees_state("This conversation is closed.")
    choose(vera, "Start a new conversation")
    vera.writes("Another thing")
    choose(vera, "Earlier conversations")
    dialog = vera.frame.get_by_role("dialog", name="Earlier conversations")
    dialog.get_by_role("button", name="On its way.").click()
    bubbles = dialog.locator(".bubble")
    expect(bubbles).to_have_count(1)
    held = Held(vera.page, "**/conversations/*/?before=*")
    more = dialog.get_by_role("button", name="Earlier messages")
    more.click()
    held.wait()
    more.click()
    expect(bubbles).to_have_count(2)
    held.release()
    expect(bubbles).to_have_count(2)
    expect(bubbles.first).to_have_text("Where is my parcel?")


def test_two_tabs_follow_the_new_conversation(acme, answered, stack):
    vera = answered()
    other = vera.page.context.new_page()
    other.goto(stack.website.page(acme.inbox))
    other.get_by_role("button", name="Open the chat").click()
    entries = other.frame_locator("iframe[src*='/widget/']").locator("#timeline .entry .bubble")
    expect(entries).to_have_text(["Where is my parcel?", "On its way."])
    choose(vera, "End this conversation")
    vera.sees_state("This conversation is closed.")
    choose(vera, "Start a new conversation")
    vera.writes("Another thing")
    expect(entries).to_have_text(["Another thing"])


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_a_transcript_is_sent_to_the_address_that_is_asked_for(acme, answered, console, size):
    console.expect("Failed to load resource")
    vera = answered(**size)
    vera.frame.get_by_role("button", name="Options").click()
    item = vera.frame.get_by_role("button", name="Email me this conversation")
    expect(item).to_be_visible()
    assert find_violations(vera.page, vera.inner_frame()) == []
    item.click()
    form = vera.frame.locator("#transcript-form")
    field = form.get_by_role("textbox")
    expect(field).to_be_focused()
    field.fill("vera@")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_have_text("Enter a valid email address.")
    expect(field).to_have_value("vera@")
    field.fill("vera@shop.example")
    form.get_by_role("button").click()
    vera.sees_state("We're emailing the conversation to vera@shop.example.")
    found = Delivery.objects.filter(workspace=acme.workspace, kind="transcript")
    until(found.exists, what="the email being queued")
    assert found.get().recipient == "vera@shop.example"


def test_a_failure_is_shown_and_a_second_attempt_succeeds(answered, console):
    console.expect("503")
    vera = answered()
    notice = vera.frame.locator(".failed")
    for name, path, text in (
        ("Options", "menu", "This could not be loaded. Try again."),
        ("End this conversation", "ending", "The conversation could not be ended. Try again."),
    ):
        vera.page.route(f"**/{path}/", lambda route: route.fulfill(status=503, json={}))
        vera.frame.get_by_role("button", name="Options").click()
        if name != "Options":
            vera.frame.get_by_role("button", name=name).click()
        expect(notice).to_have_text(text)
        vera.page.unroute(f"**/{path}/")
    choose(vera, "End this conversation")
    vera.sees_state("This conversation is closed.")
    expect(notice).to_have_count(0)


def test_a_refused_message_that_is_edited_still_starts_another(acme, answered, console):
    console.expect("400")
    vera = answered()
    choose(vera, "End this conversation")
    vera.sees_state("This conversation is closed.")
    choose(vera, "Start a new conversation")
    refuse = {"status": 400, "json": {"error": "Not like this."}}
    vera.page.route("**/messages/", lambda route: route.fulfill(**refuse))
    vera.field.fill("Do you also sell tea?")
    vera.field.press("Enter")
    expect(vera.frame.get_by_text("Not like this.")).to_be_visible()
    vera.page.unroute("**/messages/")
    vera.frame.get_by_role("button", name="Edit").click()
    expect(vera.field).to_have_value("Do you also sell tea?")
    vera.field.press("Enter")
    expect(vera.entries.locator(".bubble")).to_have_text(["Do you also sell tea?"])
    until(lambda: Conversation.objects.filter(inbox=acme.inbox).count() == 2, what="another one")
