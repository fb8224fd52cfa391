"""The command bar: goes anywhere and acts on the open conversation, by keyboard or by finger."""

import re

import pytest
from playwright.sync_api import expect

from inbox.actions.label import save_label
from search.indexing import index_new_messages
from teams.actions.role import save_role
from teams.models import Membership
from tests.browser.people import PHONE
from tests.browser.test_axe import find_violations


class CommandBar:
    def __init__(self, page):
        self.page = page
        self.dialog = page.get_by_role("dialog", name="Command bar")
        self.field = page.get_by_role("combobox", name="Type a command or search")
        self.chosen = self.dialog.locator('[role="option"][aria-selected="true"]')

    def open(self):
        self.page.keyboard.press("Control+k")
        expect(self.field).to_be_focused()
        return self

    def offers(self, name):
        return self.dialog.get_by_role("option", name=name, exact=True)

    def runs(self, typed, name):
        """Type, wait until the first command is this one, and run it."""
        self.page.keyboard.press("Control+k")
        self.page.keyboard.type(typed)  # without waiting, as people do
        expect(self.chosen).to_contain_text(name)
        self.page.keyboard.press("Enter")
        expect(self.dialog).to_be_hidden()


@pytest.fixture
def conversation(acme, agents_away, new_conversation):
    conversation = new_conversation("The kettle leaks")
    conversation.contact.name = "Vera Novak"
    conversation.contact.save()
    new_conversation("Something else")
    index_new_messages()
    return conversation


def test_an_agent_works_with_the_command_bar_alone(acme, conversation, at_desk):
    save_label(acme.workspace, name="Billing", colour=40, by=acme.alice)
    bob = at_desk(acme.bob, view="all")
    bar = CommandBar(bob.page)
    bar.runs("kettle", "Vera Novak")
    bob.sees("The kettle leaks")
    assert bob.page.evaluate("performance.getEntriesByType('navigation').length") == 1
    bar.runs("assign bea", "Assign to Bea")
    bob.sees("Bob assigned this conversation to Bea.")
    bar.runs("prio urg", "Priority: Urgent")
    bob.sees("Bob set the priority to Urgent.")
    bar.runs("label", "Add or remove a label…")
    expect(bob.page.get_by_role("combobox", name="Find or create")).to_be_focused()
    bob.page.keyboard.type("Billing")
    bob.page.keyboard.press("Enter")
    bob.sees("Bob added the label Billing.")
    bob.page.keyboard.press("Escape")
    bar.runs("write note", "Write a private note")
    expect(bob.page.get_by_role("textbox", name="Private note")).to_be_focused()
    bob.page.keyboard.press("Escape")
    bar.runs("resol", "Resolve")
    bob.sees("Bob resolved this conversation.")
    bar.open()
    expect(bar.offers("Reopen")).to_have_count(1)
    expect(bar.offers("Resolve")).to_have_count(0)
    bob.page.keyboard.press("Escape")
    bar.runs("unassigned", "Unassigned")
    expect(bob.rows).to_have_count(1)
    expect(bob.rows).to_contain_text("Something else")
    bar.runs("office", "Office hours")
    expect(bob.page).to_have_url(re.compile("/my/hours/$"))


def test_it_follows_the_pattern_of_a_combobox(acme, conversation, at_desk):
    bob = at_desk(acme.bob, conversation, view="all")
    bar = CommandBar(bob.page).open()
    expect(bar.field).to_have_attribute("aria-activedescendant", "command-0")
    bob.page.keyboard.press("ArrowUp")
    last = bar.chosen.get_attribute("id")
    assert last != "command-0"
    expect(bar.field).to_have_attribute("aria-activedescendant", last)
    bob.page.keyboard.press("ArrowDown")
    expect(bar.field).to_have_attribute("aria-activedescendant", "command-0")
    bob.page.keyboard.type("kettle")
    expect(bar.dialog.locator("mark")).to_have_text("kettle")
    expect(bar.dialog.get_by_role("status")).to_have_text(re.compile(r"^\d+ found$"))
    assert find_violations(bob.page) == []
    bar.field.fill("zzzzqq")
    expect(bar.offers("Search all messages for “zzzzqq”")).to_have_attribute(
        "aria-selected", "true"
    )
    bob.page.keyboard.press("Control+k")
    expect(bar.dialog).to_be_hidden()
    bob.field.focus()  # where Ctrl+K makes a link
    bob.page.keyboard.press("Control+k")
    expect(bob.field).to_have_value(re.compile(r"\[.*\]\("))
    expect(bar.dialog).to_be_hidden()


def test_it_offers_only_what_a_member_may_do(acme, conversation, at_desk):
    role = save_role(acme.workspace, name="Reader", permissions=["answer"], by=acme.alice)
    Membership.objects.filter(pk=acme.bea.pk).update(role=role)
    bea = at_desk(acme.bea, conversation, view="all")
    bar = CommandBar(bea.page).open()
    expect(bar.offers("Write a reply")).to_have_count(1)
    for name in ("Resolve", "Snooze…", "Assign to…", "Assign to me", "Reports"):
        expect(bar.offers(name)).to_have_count(0)
    bea.page.keyboard.type("assign")
    expect(bar.dialog.get_by_role("option", name="Assign to Bob")).to_have_count(0)


def test_on_a_phone_an_icon_opens_it(acme, conversation, at_desk):
    bob = at_desk(acme.bob, view="all", **PHONE)
    bar = CommandBar(bob.page)
    bob.page.get_by_role("button", name="Commands").click()
    bar.field.fill("kettle")
    bar.dialog.get_by_role("option", name="Vera Novak").first.click()
    bob.sees("The kettle leaks")
    bob.page.get_by_role("button", name="Commands").click()
    bar.field.fill("assign me")
    bar.offers("Assign to me").click()
    bob.sees("Bob took this conversation.")
    assert find_violations(bob.page) == []


def test_the_rail_shows_names_until_it_is_folded(acme, stack, sign_in):
    page = sign_in(acme.alice, is_new=True).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/contacts/")
    rail = page.get_by_role("navigation", name="Main")
    name, fold = (
        rail.get_by_text("Contacts"),
        rail.get_by_role("button", name="Expand the main menu"),
    )
    expect(name).to_be_in_viewport()
    width = rail.bounding_box()["width"]
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    assert rail.bounding_box()["width"] < width
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/settings/general/")
    expect(fold).to_have_attribute("aria-expanded", "false")
    assert rail.bounding_box()["width"] < width
    expect(rail.get_by_role("link", name="Contacts")).to_be_visible()
    fold.click()
    page.reload()
    assert rail.bounding_box()["width"] == width


def test_single_keys_follow_save_and_open(acme, conversation, at_desk):
    bob = at_desk(acme.bob, conversation, view="all")
    page, keyboard = bob.page, bob.page.keyboard
    keyboard.press("w")
    unfollow = page.get_by_role("button", name="Unfollow", exact=True)
    expect(unfollow).to_be_visible()
    keyboard.press("w")
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    expect(unfollow).to_be_hidden()
    keyboard.press("r")
    expect(bob.field).to_be_focused()
    keyboard.press("Control+e")
    expect(page.locator("#emoji-picker input")).to_be_focused()
    keyboard.press("Escape")
    expect(bob.field).to_be_focused()
    keyboard.press("Escape")
    keyboard.press("o")
    page.wait_for_url(f"**/contacts/{conversation.contact_id}/")
    page.goto(f"{bob.workspace}/conversations/?view=all&priority=4")
    keyboard.press("s")
    page.wait_for_url("**/conversations/views/?*priority=4*")
