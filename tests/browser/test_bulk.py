"""Agents select conversations in the list and change all of them at once."""

import pytest
from playwright.sync_api import expect

from inbox.actions.resolution import resolve_conversation
from inbox.actions.sorting import set_priority
from inbox.models import Conversation
from tests.browser.held import Held
from tests.browser.people import PHONE
from tests.browser.test_axe import find_violations
from tests.processes import until

pytestmark = pytest.mark.usefixtures("agents_away")
SIZES = pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
LONG = 90_000  # milliseconds, for a run in the background of a busy machine


class Bar:
    """The bar of the selected conversations, and the report below the list."""

    def __init__(self, agent):
        self.agent = agent
        self.toolbar = agent.page.get_by_role("toolbar", name="Selected conversations")
        self.report = agent.page.locator(".bulk-run")
        self.picked = agent.page.locator(".row > .pick:checked")

    def counts(self, text):
        expect(self.toolbar.get_by_role("status")).to_have_text(text)

    def presses(self, name):
        self.toolbar.get_by_role("button", name=name, exact=True).click()

    def reports(self, text, **options):
        expect(self.report).to_contain_text(text, **options)


def box(agent, text):
    return agent.rows.filter(has_text=text).locator(".pick")


def touch(page, row):
    """Press a row for a while with a finger."""
    # A row that is replaced while it is measured has no box.
    where = until(row.bounding_box, what="a row on the screen")
    session = page.context.new_cdp_session(page)
    point = {"x": where["x"] + 150, "y": where["y"] + 30}
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(row.locator(".pick")).to_be_checked()
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_ten_new_conversations_are_triaged_with_the_keyboard_alone(acme, at_desk, new_conversation):
    """Six of them are Alice's and urgent, the other four spam that is resolved, but one."""
    for number in range(10):
        new_conversation(f"Question {number}")
    alice = at_desk(acme.alice, view="unassigned")
    bob = at_desk(acme.bob, view="all")
    bar, keyboard = Bar(alice), alice.page.keyboard
    keyboard.press("j")
    expect(alice.timeline).to_contain_text("Question 9")
    keyboard.press("x")
    bar.counts("1 selected")
    for _ in range(5):
        keyboard.press("ArrowDown")
    keyboard.press("Shift+X")
    bar.counts("6 selected")
    keyboard.press("p")
    expect(alice.page.get_by_role("button", name="No priority", exact=True)).to_be_focused()
    keyboard.press("u")
    keyboard.press("Enter")
    bar.reports("Priority of 6 conversations changed.")
    keyboard.press("l")
    expect(bar.toolbar.get_by_role("combobox", name="Find or create")).to_be_focused()
    keyboard.type("Orders")
    keyboard.press("Enter")
    bar.reports("Labels of 6 conversations changed.")
    keyboard.press("a")
    expect(bar.toolbar.get_by_role("combobox", name="Assign to")).to_be_focused()
    keyboard.press("ArrowDown")
    active = bar.toolbar.get_by_role("option", name="Me", exact=True)
    expect(active).to_have_css("outline-style", "solid")
    keyboard.press("Enter")
    bar.reports("6 conversations assigned.")
    expect(bar.toolbar).to_have_count(0)
    expect(alice.rows).to_have_count(4)
    expect(bob.rows.filter(has_text="Orders")).to_have_count(6)
    keyboard.press("j")
    keyboard.press("x")
    bar.counts("1 selected")
    keyboard.press("Control+a")
    bar.counts("4 selected")
    # A colleague answers one of them; the others stay selected.
    resolve_conversation(Conversation.objects.get(inbox=acme.inbox, number=2), by=acme.bea)
    bar.counts("3 selected")
    keyboard.press("e")
    bar.reports("3 conversations resolved.")
    expect(alice.page.get_by_text("No unassigned conversations")).to_be_visible()
    mine = Conversation.objects.filter(assignee=acme.alice, priority=4).exclude(label_ids=[])
    assert mine.count() == 6


def test_on_a_phone_they_are_triaged_with_a_finger(acme, at_desk, new_conversation):
    for number in range(10):
        new_conversation(f"Question {number}")
    alice = at_desk(acme.alice, view="unassigned", **PHONE)
    page, bar = alice.page, Bar(alice)

    def select(count):
        touch(page, alice.rows.first)
        for number in range(1, count):
            alice.rows.nth(number).tap()
        bar.counts(f"{count} selected")

    select(6)
    bar.presses("Priority")
    page.get_by_role("button", name="Urgent", exact=True).tap()
    bar.reports("Priority of 6 conversations changed.")
    bar.presses("Labels")
    page.get_by_role("combobox", name="Find or create").fill("Orders")
    page.get_by_role("option", name="Create “Orders”").tap()
    bar.reports("Labels of 6 conversations changed.")
    bar.presses("Assign")
    page.get_by_role("option", name="Me", exact=True).tap()
    bar.reports("6 conversations assigned.")
    expect(alice.rows).to_have_count(4)
    select(3)
    bar.presses("Resolve")
    bar.reports("3 conversations resolved.")
    expect(alice.rows).to_have_count(1)
    mine = Conversation.objects.filter(assignee=acme.alice, priority=4).exclude(label_ids=[])
    assert mine.count() == 6
    assert Conversation.objects.filter(inbox=acme.inbox, status="resolved").count() == 3


@SIZES
def test_conversations_are_resolved_and_put_back(acme, at_desk, new_conversation, size):
    chats = [new_conversation(f"Question {number}") for number in range(4)]
    alice = at_desk(acme.alice, view="all", **size)
    bar = Bar(alice)
    if size:
        touch(alice.page, alice.rows.nth(1))
        alice.rows.nth(2).tap()
        alice.rows.nth(3).tap()
        assert "/conversations/?" in alice.page.url  # a tap selects now
    else:
        alice.rows.nth(1).hover()
        box(alice, "Question 2").click()
        box(alice, "Question 0").click(modifiers=["Shift"])
    bar.counts("3 selected")
    # A message moves and replaces a row that is selected.
    set_priority(chats[1], priority=3, by=acme.bea)
    expect(alice.rows.filter(has=alice.page.get_by_text("Priority: High"))).to_have_count(1)
    expect(bar.picked).to_have_count(3)
    if not size:  # on a phone the desk's main part is out of sight
        assert find_violations(alice.page) == []
    bar.presses("Resolve")
    bar.reports("3 conversations resolved.")
    expect(alice.rows).to_have_count(1)
    set_priority(chats[0], priority=1, by=acme.bea)
    if not size:
        assert find_violations(alice.page) == []
    bar.report.get_by_role("button", name="Undo").click()
    bar.reports("2 conversations put back.")
    bar.reports("Someone has changed it since")
    expect(alice.rows).to_have_count(3)
    bar.report.get_by_role("button", name="Close").click()
    expect(bar.report).to_have_count(0)


def test_rows_picked_before_the_script_is_loaded_are_selected(acme, at_desk, new_conversation):
    for number in range(3):
        new_conversation(f"Question {number}")
    alice = at_desk(acme.alice, view="all")
    held = Held(alice.page, "**/desk/bulk.*")
    alice.rows.nth(1).hover()
    box(alice, "Question 2").click()
    held.wait()
    box(alice, "Question 0").click(modifiers=["Shift"])
    held.release()
    Bar(alice).counts("3 selected")


def test_everything_in_a_view_is_changed_in_the_background(acme, at_desk, new_conversation):
    for number in range(55):
        new_conversation(f"Question {number}")
    resolved = new_conversation("Done long ago")
    resolve_conversation(resolved, by=acme.bea)
    alice = at_desk(acme.alice, view="all")
    bar = Bar(alice)
    # From the list's menu, as on a phone.
    alice.page.get_by_role("button", name="Filter and sort").click()
    alice.page.get_by_role("button", name="Select conversations").click()
    bar.counts("0 selected")
    bar.toolbar.get_by_role("checkbox", name="Select all that are shown").click()
    bar.counts("50 selected")
    held = Held(alice.page, "**/bulk/count/*")
    bar.presses("All in this view")
    held.wait()
    box(alice, "Question 54").uncheck()
    held.release()
    bar.counts("49 selected")
    box(alice, "Question 54").check()
    bar.presses("All in this view")
    bar.counts("55 selected")
    bar.presses("Resolve")
    expect(bar.report.get_by_role("progressbar")).to_be_visible()
    # The page is left meanwhile, and the next one goes on showing it.
    alice.page.reload()
    bar.reports("55 conversations resolved.", timeout=LONG)
    alice.page.keyboard.press("Control+z")  # offered for ten seconds
    bar.reports("55 conversations put back.", timeout=LONG)
    expect(alice.rows.first).to_be_visible()
    assert Conversation.objects.filter(inbox=acme.inbox, status="open").count() == 55


def test_what_the_server_refuses_is_said_and_the_selection_stays(
    acme, at_desk, new_conversation, console
):
    console.expect("400 (Bad Request)")
    new_conversation("Question")
    alice = at_desk(acme.alice, view="all")
    bar = Bar(alice)
    alice.rows.first.hover()
    box(alice, "Question").click()
    bar.counts("1 selected")
    bar.presses("Snooze")
    field = alice.page.locator("#bulk-snooze-at")
    field.fill("2020-01-01T09:00")
    field.press("Enter")
    expect(alice.page.locator("#toast")).to_contain_text("This time has passed")
    bar.counts("1 selected")
    alice.page.keyboard.press("Escape")
    expect(bar.toolbar).to_have_count(0)
    expect(bar.picked).to_have_count(0)
