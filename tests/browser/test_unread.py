"""Replies that the visitor doesn't see: the badge, the sound, the tab's title, and muting them."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from inbox.actions.message import post_reply
from inbox.models import Conversation
from tests.processes import until

# A headless browser's tabs are never hidden. hide(true) hides one as far as scripts can tell.
HIDE = """
let isHidden = false;
Object.defineProperty(document, "hidden", { get: () => isHidden });
globalThis.hide = (value) => {
  isHidden = value;
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
};
globalThis.tones = 0;
const { start } = OscillatorNode.prototype;
OscillatorNode.prototype.start = function (...when) {
  tones++;
  start.apply(this, when);
};"""


@pytest.fixture
def context(open_context):
    context = open_context()
    context.add_init_script(HIDE)
    return context


@pytest.fixture
def bob_answers(acme):
    def answer(text):
        conversation = Conversation.objects.select_related("workspace").get(inbox=acme.inbox)
        post_reply(conversation, body=text, client_id=uuid4(), by=acme.bob)

    return answer


def hide(vera, is_hidden=True):
    for frame in (vera.page.main_frame, vera.inner_frame()):
        frame.evaluate("(value) => hide(value)", is_hidden)


def rings(vera):
    return vera.inner_frame().evaluate("tones") // 2


def badge(vera):
    return vera.page.locator("button b")


def test_a_reply_rings_once_in_many_tabs_until_it_is_muted(
    context, on_website, agents_away, bob_answers
):
    tabs = [on_website(context).open(), on_website(context).open()]
    for vera in tabs:
        vera.writes(f"Hello from tab {tabs.index(vera)}")
    expect(tabs[0].frame.get_by_role("button", name="Mute")).to_be_visible()
    for vera in tabs:
        vera.launcher.click()
    bob_answers("One")
    for vera in tabs:
        expect(badge(vera)).to_have_text("1")
    until(lambda: sum(map(rings, tabs)) == 1, what="one sound")
    vera = tabs[0]
    vera.launcher.click()
    vera.sees("One")
    expect(badge(tabs[1])).to_have_text("")  # read in the first tab
    mute = vera.frame.get_by_role("button", name="Mute")
    mute.press("Enter")  # a click would have to wait until the chat has moved into place
    expect(mute).to_have_attribute("aria-pressed", "true")
    tabs[1].page.close()
    vera.launcher.click()
    before = rings(vera)
    bob_answers("Two")
    expect(badge(vera)).to_have_text("1")
    vera.page.wait_for_timeout(1_000)  # longer than the chat waits before it rings
    assert rings(vera) == before
    vera.page.reload()
    expect(badge(vera)).to_have_text("1")
    vera.launcher.click()
    expect(mute).to_have_attribute("aria-pressed", "true")


def test_the_title_of_a_hidden_tab_tells_of_replies(context, on_website, agents_away, bob_answers):
    vera = on_website(context).open()
    vera.page.emulate_media(reduced_motion="no-preference")
    vera.writes("Are you there?")
    hide(vera)
    bob_answers("One")
    expect(vera.page).to_have_title("New messages: 1")
    expect(vera.page).to_have_title("A shop")  # in turn
    vera.page.evaluate("document.title = 'Your basket'")
    expect(vera.page).to_have_title("New messages: 1")
    expect(vera.page).to_have_title("Your basket")
    bob_answers("Two")
    expect(vera.page).to_have_title("New messages: 2")
    hide(vera, False)
    expect(vera.page).to_have_title("Your basket")
    vera.sees("Two")

    vera.page.emulate_media(reduced_motion="reduce")
    hide(vera)
    bob_answers("Three")
    expect(vera.page).to_have_title("New messages: 1 · Your basket")
    hide(vera, False)
    expect(vera.page).to_have_title("Your basket")

    vera.frame.get_by_role("button", name="Mute").press("Enter")
    hide(vera)
    vera.launcher.click()
    bob_answers("Four")
    expect(badge(vera)).to_have_text("1")
    expect(vera.page).to_have_title("Your basket")


def test_the_next_page_counts_replies_that_arrived_meanwhile(
    stack, acme, context, on_website, agents_away, bob_answers
):
    requested = []
    vera = on_website(context).open()
    vera.page.goto(vera.page.url)
    context.on("request", lambda request: requested.append(request.url))
    expect(vera.launcher).to_be_visible()
    vera.page.wait_for_load_state("networkidle")
    assert not any("/frame/" in url for url in requested)  # they have written nothing
    vera.launcher.click()
    vera.writes("One moment")
    bob_answers("Take your time.")
    vera.sees("Take your time.")
    until(lambda: Conversation.objects.get(inbox=acme.inbox).contact_read_seq, what="being read")
    vera.page.goto("about:blank")
    bob_answers("Still there?")
    vera.page.goto(stack.website.page(acme.inbox))
    expect(badge(vera)).to_have_text("1")
    assert rings(vera) == 0  # it isn't news of this moment
    expect(vera.launcher).to_have_accessible_name(re.compile("New messages: 1"))
    bob_answers("Hello?")
    expect(badge(vera)).to_have_text("2")
    expect(vera.launcher).to_have_accessible_name("Open the chat. New messages: 2")
    vera.launcher.click()
    expect(badge(vera)).to_have_text("")
    vera.sees("Hello?")
