"""Responses that are slow: what has happened meanwhile, or what someone did meanwhile, counts."""

import re

import pytest
from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from inbox.actions.follower import set_following
from inbox.models import Message
from tests.browser.held import Held
from tests.browser.test_files import picture as make_picture

pytestmark = pytest.mark.usefixtures("agents_away")
FILE = {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}


def test_a_conversation_that_begins_while_a_list_loads_is_in_it(acme, at_desk, new_conversation):
    new_conversation("Before")
    bea = at_desk(acme.bea, view="all")
    held = Held(bea.page, re.compile(r"/conversations/\?.*view=unassigned"))
    bea.page.locator("#view-unassigned").click()
    held.wait()
    new_conversation("Meanwhile")
    expect(bea.rows).to_have_count(2)  # of the list that is still shown
    held.release()
    expect(bea.page).to_have_url(re.compile("view=unassigned"))
    expect(bea.rows.filter(has_text="Meanwhile")).to_be_visible()


def test_an_assignment_by_a_colleague_is_not_undone_by_the_response_to_an_earlier_one(
    acme, at_desk, new_conversation
):
    conversation = new_conversation("Hello?")
    bob = at_desk(acme.bob, conversation, view="all")
    bob.assignee.focus()
    expect(bob.assignee.locator("option", has_text="Alice")).to_be_attached()
    held = Held(bob.page, "**/assignment/")
    bob.assigns_to("Bea")
    held.wait()
    bob.sees("Bob assigned this conversation to Bea.")
    assign_conversation(conversation, assignee=acme.alice, by=acme.alice)
    expect(bob.assignee.locator("option:checked")).to_have_text(re.compile("Alice"))
    held.release()
    expect(bob.assignee.locator("option:checked")).to_have_text(re.compile("Alice"))


@pytest.mark.parametrize("text", ["Here it is", ""], ids=["with text", "without text"])
def test_a_reply_waits_for_a_file_whose_script_is_loading(acme, at_desk, new_conversation, text):
    conversation = new_conversation("Where is my invoice?", assignee=acme.bob)
    bob = at_desk(acme.bob, conversation)
    held = Held(bob.page, "**/desk/attachments.*")
    bob.page.locator("#panel-reply input[type=file]").set_input_files([FILE])
    held.wait()
    bob.field.fill(text)
    bob.field.press("Enter")
    held.release()
    expect(bob.entries.last.locator(".file")).to_contain_text("invoice.pdf")
    expect(bob.entries.last).to_contain_text(text)


def test_a_visitors_message_waits_for_a_file_whose_script_is_loading(acme, on_website):
    vera = on_website().open()
    held = Held(vera.page, "**/widget/*/files/")
    vera.frame.locator("input[type=file]").set_input_files([FILE])
    held.wait()
    vera.types("This invoice is wrong")
    held.release()
    vera.sees("This invoice is wrong")
    message = Message.objects.get(workspace=acme.workspace, kind="contact")
    assert [file["name"] for file in message.files] == ["invoice.pdf"]


def test_the_bell_shows_the_latest_notifications(acme, at_desk, new_vera):
    vera = new_vera()
    conversation = vera.writes("Hello?").conversation
    set_following(conversation, membership=acme.bea, is_following=True)
    bea = at_desk(acme.bea)
    held = Held(bea.page, "**/notifications/")
    bea.page.keyboard.press("b")
    held.wait()
    vera.writes("Are you there?")
    panel = bea.page.locator("#notifications")
    expect(panel).to_contain_text("Are you there?")
    held.release()
    expect(panel).to_contain_text("Are you there?")


def test_a_count_of_notifications_does_not_go_back(stack, acme, sign_in, new_vera):
    vera = new_vera()
    conversation = vera.writes("Hello?").conversation
    set_following(conversation, membership=acme.bea, is_following=True)
    page = sign_in(acme.bea).new_page()
    held = Held(page, "**/conversations/counts/")
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/my/hours/")
    held.wait()
    vera.writes("Are you there?")
    badge = page.locator('[data-count="notifications"]')
    expect(badge).to_have_text("1")
    held.release()
    expect(badge).to_have_text("1")


def test_an_entry_is_edited_once_however_often_the_pencil_is_pressed(
    acme, at_desk, new_conversation
):
    bob = at_desk(acme.bob, new_conversation("Hello?", assignee=acme.bob))
    bob.replies("Hi!")
    held = Held(bob.page, "**/entries/*/")
    entry = bob.entries.filter(has_text="Hi!")
    entry.hover()
    entry.get_by_role("button", name="Edit or delete").click()
    held.wait()
    entry.get_by_role("button", name="Edit or delete").click()
    expect(entry.locator("form")).to_be_visible()
    held.release()
    expect(entry.locator("form")).to_have_count(1)


def test_enter_chooses_a_member_whose_name_is_still_being_looked_up(
    acme, at_desk, new_conversation
):
    bob = at_desk(acme.bob, new_conversation("Hello?", assignee=acme.bob))
    bob.page.get_by_role("tab", name="Note").click()
    note = bob.page.get_by_role("textbox", name="Private note")
    held = Held(bob.page, f"**{note.get_attribute('data-mentionable')}")
    note.fill("@be")
    held.wait()
    note.press("Enter")
    held.release()
    expect(note).to_have_value("@Bea ")


def test_enter_chooses_from_the_names_that_are_shown(acme, at_desk, new_conversation):
    bob = at_desk(acme.bob, new_conversation("Hello?", assignee=acme.bob))
    bob.page.get_by_role("tab", name="Note").click()
    note = bob.page.get_by_role("textbox", name="Private note")
    held = Held(bob.page, f"**{note.get_attribute('data-mentionable')}")
    note.press_sequentially("@be")
    held.wait()
    held.release()
    expect(bob.page.locator("#mention-options").get_by_role("option")).to_have_count(1)
    note.press("Enter")
    expect(note).to_have_value("@Bea ")


def test_a_picture_opens_although_its_entry_was_replaced_meanwhile(acme, at_desk, new_conversation):
    bob = at_desk(acme.bob, new_conversation("Hello?", assignee=acme.bob))
    picture = {"name": "beach.png", "mimeType": "image/png", "buffer": make_picture()}
    bob.page.locator("#panel-reply input[type=file]").set_input_files([picture])
    expect(bob.page.locator("#panel-reply .attached li")).to_contain_text("beach.png")
    bob.page.get_by_role("button", name="Send", exact=True).click()
    held = Held(bob.page, "**/lightbox.*")
    link = bob.page.get_by_role("link", name="beach.png")
    link.click()
    held.wait()
    link.evaluate("link => { const e = link.closest('.entry'); e.replaceWith(e.cloneNode(true)) }")
    held.release()
    expect(bob.page.get_by_role("dialog", name="Picture")).to_contain_text("beach.png")
