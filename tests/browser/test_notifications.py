"""The bell: a colleague who hands a conversation over rings it once, and opening it reads it."""

import itertools

import pytest
from playwright.sync_api import expect

from inbox.actions.follower import set_following
from tests.browser.people import PHONE
from tests.browser.test_alerts import LISTEN
from tests.processes import until


@pytest.fixture
def three_tabs(stack, acme, sign_in):
    """Open the desk, a settings page and a contact page of Bea's, none of them in front."""
    context = sign_in(acme.bea)
    workspace = f"{stack.app}/w/{acme.workspace.slug}"
    tabs = []
    for path in ("conversations/?view=all", "my/hours/", "contacts/"):
        page = context.new_page()
        page.add_init_script(LISTEN)
        with page.expect_response("**/counts/*"):
            page.goto(f"{workspace}/{path}")
        tabs.append(page)
    return tabs


def badge(page):
    return page.locator('[data-count="notifications"]')


def test_a_handover_with_a_mention_rings_once_and_opening_reads_it_everywhere(
    acme, at_desk, new_conversation, agents_away, three_tabs
):
    conversation = new_conversation("Do you ship to Norway?", assignee=acme.bob)
    bob = at_desk(acme.bob, conversation)
    bob.page.keyboard.press("n")
    note = bob.page.get_by_role("textbox", name="Private note")
    note.press_sequentially("@be")
    expect(bob.page.locator("#mention-options").get_by_role("option")).to_have_count(1)
    bob.page.keyboard.press("Enter")
    note.press_sequentially("please take over")
    bob.page.keyboard.press("Enter")
    bob.sees("@Bea please take over")
    for page in three_tabs:
        expect(badge(page)).to_have_text("1")

    def rung():
        return sorted(itertools.chain(*(page.evaluate("alerts") for page in three_tabs)))

    until(lambda: len(rung()) > 1, what="a sound and a notification")
    three_tabs[0].wait_for_timeout(600)  # another tab that rings, too, does so in this time
    assert rung() == ["Bob mentioned you / @Bea please take over / chat-1", "sound"]
    desk = three_tabs[0]
    desk.get_by_role("link", name="Mentions").click()
    unread = desk.locator("#conversation-list > .row[data-unread]")
    expect(unread).to_have_count(1)
    desk.keyboard.press("b")
    item = desk.locator("#notifications").get_by_role("link", name="Bob mentioned you")
    expect(item).to_contain_text("@Bea please take over")
    item.click()
    expect(desk.locator(".timeline")).to_contain_text("Do you ship to Norway?")
    expect(desk.locator("#notifications")).to_be_hidden()
    for page in three_tabs:
        expect(badge(page)).to_have_text("0")
        expect(badge(page)).to_be_hidden()
    expect(desk.locator("#conversation-list > .row")).to_have_count(1)
    expect(unread).to_have_count(0)
    expect(desk.locator("#view-mentions b")).to_be_hidden()


def test_an_answer_reaches_a_follower_on_a_phone(acme, new_vera, at_desk, agents_away):
    vera = new_vera()
    conversation = vera.writes("Hello?").conversation
    set_following(conversation, membership=acme.bea, is_following=True)
    bea = at_desk(acme.bea, **PHONE)
    vera.writes("Are you there?")
    expect(badge(bea.page)).to_have_text("1")
    bea.page.get_by_role("button", name="Notifications").tap()
    panel = bea.page.locator("#notifications")
    expect(panel).to_contain_text("answered")
    panel.get_by_role("button", name="Mark all as read").tap()
    expect(badge(bea.page)).to_be_hidden()
    expect(panel).to_contain_text("Are you there?")


def test_notifications_come_although_they_could_not_be_counted(
    acme, stack, sign_in, new_vera, agents_away, console
):
    console.expect("Failed to load resource")
    vera = new_vera()
    conversation = vera.writes("Hello?").conversation
    set_following(conversation, membership=acme.bea, is_following=True)
    page = sign_in(acme.bea).new_page()
    page.route("**/conversations/counts/", lambda route: route.fulfill(status=404))
    with page.expect_response("**/conversations/counts/"):
        page.goto(f"{stack.app}/w/{acme.workspace.slug}/my/hours/")
    vera.writes("Are you there?")
    expect(badge(page)).to_have_text("1")
