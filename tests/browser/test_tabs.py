"""The tabs of a browser share a stream, because it opens only six connections to a host."""

import json
from secrets import token_hex
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member
from inbox.actions.message import post_reply
from messagehub.lib.live import tickets
from teams.actions.availability import set_away
from teams.actions.membership import add_member, update_membership
from teams.actions.role import save_role
from tests.browser.people import Agent
from tests.conftest import Vera, make_acme
from tests.processes import until

MANY = 7
# Records what other tabs send.
HEARD = """
window.heard = "";
const Channel = BroadcastChannel;
window.BroadcastChannel = class extends Channel {
  constructor(name) {
    super(name);
    this.addEventListener("message", ({ data }) => (heard += JSON.stringify(data)));
  }
};"""
WITHOUT_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"


@pytest.fixture
def streams(stack):
    """Count the streams that the server holds for the browsers of this test."""

    def count():
        ticket = tickets.issue(channels=["hub-stats"], subjects=["test"])
        headers = {"Authorization": f"Bearer {ticket}"}
        with urlopen(Request(f"{stack.app}/live/stats", headers=headers)) as answer:
            return json.load(answer)["streams"]

    until(lambda: count() == 0, what="the end of earlier streams")
    return count


@pytest.fixture
def open_tabs(stack, acme):
    """Open a desk for each conversation, all live: open_tabs(context, conversations)."""

    def open_tabs(context, conversations, is_live=True):
        workspace = f"{stack.app}/w/{acme.workspace.slug}"
        tabs = [Agent(context.new_page(), workspace) for _each in conversations]
        for tab, conversation in zip(tabs, conversations, strict=True):
            tab.page.goto(f"{workspace}/conversations/{conversation.number}/?view=all")
            if is_live:
                tab.expect_live()
        return tabs

    return open_tabs


def expect_in_tabs(tabs, text):
    for tab in tabs:
        tab.sees(text)


@pytest.mark.usefixtures("agents_away")
def test_the_desks_tabs_share_one_stream(acme, new_vera, sign_in, open_tabs, streams):
    veras = [new_vera() for _number in range(3)]
    chats = [vera.writes("Hello").conversation for vera in veras]
    tabs = open_tabs(sign_in(acme.bob), [chats[number % 3] for number in range(MANY)])
    until(lambda: streams() == 1, what="one stream")
    for number, vera in enumerate(veras):
        vera.writes(f"To everyone who looks at {number}")
    for number, tab in enumerate(tabs):
        tab.sees(f"To everyone who looks at {number % 3}")
    expect(tabs[-1].rows).to_have_count(3)
    tabs[-1].opens("looks at 1")
    veras[1].writes("Another one looks")
    expect_in_tabs([tabs[1], tabs[4], tabs[-1]], "Another one looks")
    until(lambda: streams() == 1, what="one stream")


@pytest.mark.usefixtures("agents_away")
def test_another_tab_takes_over_when_the_first_is_closed(
    acme, new_vera, sign_in, open_tabs, streams
):
    vera = new_vera()
    chat = vera.writes("Hello").conversation
    first, *others = open_tabs(sign_in(acme.bob), [chat] * 3)
    first.page.close()
    vera.writes("Who is left?")
    expect_in_tabs(others, "Who is left?")
    until(lambda: streams() == 1, what="one stream")
    for tab in others:
        tab.expect_live()
    vera.writes("Heard live")
    expect_in_tabs(others, "Heard live")


@pytest.mark.usefixtures("agents_away")
def test_another_tab_takes_over_when_the_first_is_frozen(acme, new_vera, sign_in, open_tabs):
    vera = new_vera()
    chat = vera.writes("Hello").conversation
    context = sign_in(acme.bob, full_chromium=True)  # the headless shell freezes no page
    first, *others = open_tabs(context, [chat] * 3)
    lifecycle = context.new_cdp_session(first.page)
    lifecycle.send("Page.setWebLifecycleState", {"state": "frozen"})
    vera.writes("Does it still run?")
    expect_in_tabs(others, "Does it still run?")
    vera.writes("Once more")
    expect_in_tabs(others, "Once more")
    lifecycle.send("Page.setWebLifecycleState", {"state": "active"})
    expect_in_tabs([first], "Once more")
    vera.writes("To all three")
    expect_in_tabs([first, *others], "To all three")


@pytest.mark.usefixtures("agents_away")
def test_losing_access_to_a_conversation_ends_only_its_tab(
    acme, new_vera, sign_in, open_tabs, console
):
    console.expect("401", "404")
    narrow = save_role(acme.workspace, name="Narrow", permissions=["answer"], by=acme.alice)
    update_membership(acme.bob, role=narrow, teams=[], inboxes=[acme.inbox], by=acme.alice)
    veras = [new_vera(), new_vera()]
    lost, kept = [vera.writes("Hello").conversation for vera in veras]
    one, other = open_tabs(sign_in(acme.bob), [lost, kept])
    assign_conversation(lost, assignee=acme.bea)
    expect(one.page.get_by_role("heading", name="Page not found")).to_be_visible()
    veras[0].writes("For Bea alone")
    veras[1].writes("For whoever is free")
    other.sees("For whoever is free")
    other.expect_live()
    expect(one.page.get_by_text("For Bea alone")).to_have_count(0)


@pytest.mark.usefixtures("agents_away")
def test_the_pages_of_two_workspaces_share_nothing(acme, stack, sign_in, new_vera, streams):
    other = make_acme(f"other-{token_hex(4)}")
    also_bob = add_member(other.workspace, user=acme.bob.user)
    add_inbox_member(other.inbox, membership=also_bob)
    set_away(also_bob)
    context = sign_in(acme.bob, is_new=True)
    context.add_init_script(HEARD)
    pages = []
    for workspace in (acme.workspace, other.workspace):
        agent = Agent(context.new_page(), f"{stack.app}/w/{workspace.slug}")
        pages.append(agent.goes_to(view="all"))
    until(lambda: streams() == 2, what="a stream for each workspace")
    new_vera().writes("For Acme alone")
    expect(pages[0].rows.filter(has_text="For Acme alone")).to_have_count(1)
    Vera(other.inbox).writes("For the other alone")
    expect(pages[1].rows.filter(has_text="For the other alone")).to_have_count(1)
    heard = [page.page.evaluate("heard") for page in pages]
    assert ["For Acme alone" in each for each in heard] == [True, False]
    assert ["For the other alone" in each for each in heard] == [False, True]


@pytest.mark.usefixtures("agents_away")
def test_without_locks_tabs_beyond_four_poll(acme, new_vera, sign_in, open_tabs, streams):
    vera = new_vera()
    chat = vera.writes("Hello").conversation
    context = sign_in(acme.bob, is_new=True)
    context.add_init_script(WITHOUT_LOCKS)
    states = ["live"] * 4 + ["polling"] * 2
    tabs = open_tabs(context, [chat] * len(states), is_live=False)
    for number, state in enumerate(states):
        expect(tabs[number].page.locator(f'[data-connection="{state}"]')).to_be_attached()
    assert streams() == 4
    vera.writes("To all six")
    expect_in_tabs(tabs, "To all six")
    tabs[0].page.goto("about:blank")
    live = 'live-desk[data-connection="live"]'
    until(lambda: sum(tab.page.locator(live).count() for tab in tabs[4:]) == 1, what="the next")
    until(lambda: streams() == 4, what="the end of the stream of the tab that left")


def test_a_hidden_tab_without_storage_gives_up_its_stream(acme, on_website, streams):
    # Chromium denies locks and storage to a frame to which it denies third-party cookies.
    vera = on_website(full_chromium=True).open()
    vera.writes("Hello?")
    until(lambda: streams() == 1, what="the stream")
    hide = "(is) => (Object.defineProperty(document, 'hidden', { value: is, configurable: true }),"
    hide += " document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))"
    vera.inner_frame().evaluate(hide, True)
    until(lambda: streams() == 0, what="letting go")
    [visitor] = acme.inbox.visitors.all()
    chat = visitor.contact.conversations.select_related("workspace").get()
    post_reply(chat, body="While you were away", client_id=uuid4(), by=acme.bob)
    vera.sees("While you were away")
    vera.inner_frame().evaluate(hide, False)
    until(lambda: streams() == 1, what="the stream")
