"""The routing board is live."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from inbox.actions.inbox import create_inbox
from routing.models import Routing
from teams.actions.availability import record_heartbeat, set_available, set_away
from teams.models import Membership
from tests.browser.people import PHONE
from tests.conftest import Vera

TAB = "tab-of-a-test"
# When the panels were requested, in milliseconds.
ASKED = """performance.getEntriesByType("resource")
    .filter(({ name }) => name.includes("/panels/")).map(({ startTime }) => startTime)"""


class BoardPage:
    """A member at the routing board."""

    def __init__(self, page, address):
        self.page = page
        self.waiting = page.locator(".queue li")
        self.late = page.locator(".late li")
        self.people = page.locator(".board-people > li")
        self.decisions = page.locator(".board-decisions > li")
        page.goto(address)
        self.expect_live()

    def expect_live(self):
        expect(self.page.locator('live-board[data-connection="live"]')).to_be_attached()
        self.page.evaluate("window.isTheSamePage = true")

    def figure(self, name):
        return self.page.locator(f"#board-{name}")

    def person(self, membership):
        return self.page.locator(f"#person-{membership.pk}")

    def was_not_reloaded(self):
        assert self.page.evaluate("window.isTheSamePage")


@pytest.fixture
def at_board(stack, acme, sign_in):
    def at_board(membership=acme.alice, **options):
        page = sign_in(membership, **options).new_page()
        return BoardPage(page, f"{stack.app}/w/{acme.workspace.slug}/routing/")

    return at_board


@pytest.fixture
def queue(acme):
    """Keep conversations in the queue when no agent is available."""
    routing = Routing.objects.of(acme.inbox)
    routing.leads = "queue"
    routing.save()


def test_the_board_shows_new_conversations_and_members_coming_online(
    acme, queue, on_website, at_board
):
    board = at_board()
    expect(board.page.get_by_role("heading", name="No one is waiting")).to_be_visible()
    on_website().open().writes("Is anybody there?")
    expect(board.waiting).to_have_count(1)
    expect(board.waiting).to_contain_text("No agent is available (2 offline)")
    expect(board.figure("waiting")).to_have_text("1")
    record_heartbeat(acme.bea, tab=TAB)
    expect(board.person(acme.bea).locator(".sentence")).to_have_text("Available")
    expect(board.waiting).to_have_count(0)
    expect(board.figure("available")).to_have_text("1")
    expect(board.late).to_contain_text("with Bea")
    expect(board.people.first).to_contain_text("Bea")
    expect(board.decisions.first).to_contain_text("Bea was the only one available.")
    expect(board.decisions).to_have_count(2)
    board.was_not_reloaded()


def test_a_member_is_set_away_and_available_and_their_conversations_are_handed_over(
    acme, new_vera, at_board
):
    board = at_board()
    record_heartbeat(acme.bob, tab=TAB)
    bob = board.person(acme.bob)
    link = bob.get_by_role("link", name="Hand over Bob's conversations")
    set_bob_away = bob.get_by_role("button", name="Set Bob away")
    expect(bob.locator(".sentence")).to_have_text("Available")
    set_bob_away.click()
    expect(bob.locator(".sentence")).to_have_text(re.compile("Away since .*, set by Alice"))
    assert Membership.objects.get(pk=acme.bob.pk).away_by == acme.alice
    expect(link).to_have_count(0)  # there is nothing
    bob.get_by_role("button", name="Set Bob available").click()
    expect(bob.locator(".sentence")).to_have_text("Available")

    # The row changes while the button is pressed.
    set_bob_away.hover()
    board.page.mouse.down()
    before = bob.text_content()
    with board.page.expect_response(is_changed_panel) as panels:
        conversation = new_vera().writes("One for Bob").conversation
    assert conversation.assignee == acme.bob
    panels.value.finished()
    board.page.evaluate("new Promise((done) => setTimeout(done, 100))")  # time to show it
    assert bob.text_content() == before
    board.page.mouse.up()
    expect(bob.locator(".sentence")).to_have_text(re.compile("Away since .*, set by Alice"))
    expect(bob).not_to_have_text(before)

    expect(link).to_be_visible()
    bob.get_by_role("button", name="Set Bob available").click()
    expect(link).to_be_hidden()
    set_bob_away.click()
    board.was_not_reloaded()
    link.click()
    expect(board.page).to_have_url(re.compile(f"/members/{acme.bob.pk}/handover/"))
    expect(board.page.get_by_text(f"#{conversation.number}")).to_be_visible()


def is_changed_panel(response):
    return "/panels/" in response.url and response.status == 200


def test_opened_candidates_and_the_focus_stay_while_the_board_changes(
    acme, queue, new_vera, at_board
):
    new_vera().writes("One")
    board = at_board()
    board.decisions.first.get_by_text("Why?").click()
    opened = board.decisions.filter(has_text="visitor").first.locator(".decision")
    expect(opened.get_by_text("Bob")).to_be_visible()
    new_vera().writes("Two")
    expect(board.waiting).to_have_count(2)
    expect(board.decisions).to_have_count(2)
    expect(board.decisions.last.locator("details")).to_have_attribute("open", "")
    expect(board.decisions.last.locator(".decision").get_by_text("Bob")).to_be_visible()
    new_row = board.decisions.first
    new_row.get_by_text("Why?").click()
    expect(new_row.locator(".decision").get_by_text("Bea")).to_be_visible()

    focused = board.waiting.first.get_by_role("link")
    focused.focus()
    new_vera().writes("Three")
    expect(board.waiting).to_have_count(3)
    expect(focused).to_be_focused()


def test_the_board_is_reloaded_at_most_every_two_seconds(acme, queue, new_vera, at_board):
    board = at_board()
    for _ in range(12):
        new_vera().writes()
    expect(board.waiting).to_have_count(12)
    board.page.wait_for_timeout(2_500)
    asked = board.page.evaluate(ASKED)
    assert len(asked) > 1
    assert all(later - earlier > 1_900 for earlier, later in pairwise(asked)), asked


def test_the_board_is_filtered_by_inbox_and_links_to_conversations(acme, queue, new_vera, at_board):
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bea])
    routing = Routing.objects.of(other)
    routing.leads = "queue"
    routing.save()
    new_vera().writes("Here")
    there = Vera(other).writes("There").conversation
    board = at_board()
    expect(board.waiting).to_have_count(2)
    board.page.get_by_role("combobox", name="Inbox").select_option(label="Sales")
    expect(board.page).to_have_url(re.compile(f"inbox={other.pk}"))
    expect(board.waiting).to_have_count(1)
    expect(board.people).to_have_count(1)
    board.expect_live()
    Vera(other).writes("There too")
    expect(board.waiting).to_have_count(2)
    board.waiting.first.get_by_role("link").click()
    expect(board.page).to_have_url(re.compile(f"/conversations/{there.number}/"))


def test_on_a_phone_nothing_is_wider_than_the_screen(acme, queue, new_vera, at_board):
    record_heartbeat(acme.bob, tab=TAB)
    set_away(acme.bob)
    new_vera().writes("One")
    board = at_board(**PHONE)
    expect(board.waiting).to_have_count(1)
    expect(board.page.get_by_role("navigation", name="Main").get_by_text("Routing")).to_be_visible()
    assert is_within(board.page)
    set_available(acme.bob)
    expect(board.waiting).to_have_count(0)
    expect(board.late).to_have_count(1)


def is_within(page):
    return page.evaluate(
        "document.querySelector('.content').scrollWidth <= document.documentElement.clientWidth"
    )


def test_from_the_board_to_the_simulator_and_back(acme, at_board):
    board = at_board()
    board.page.get_by_role("link", name="Simulator").click()
    expect(board.page.get_by_role("heading", name="Simulator")).to_be_visible()
    expect(board.page.get_by_text("Nothing to replay yet")).to_be_visible()
    board.page.get_by_role("main").get_by_role("link", name="Routing board").click()
    expect(board.page.get_by_role("heading", name="Routing board")).to_be_visible()
