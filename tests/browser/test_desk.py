"""The desk is live: what others do appears without reloading, and no text is lost."""

import re
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from inbox.actions.inbox import add_inbox_member, create_inbox
from inbox.actions.message import post_note
from inbox.models import Message
from teams.actions.membership import add_member
from tests.browser.people import PHONE
from tests.conftest import make_user
from tests.processes import until

REPLIES = "**/replies/"


def bodies(acme, kind):
    found = Message.objects.filter(workspace=acme.workspace, kind=kind)
    return list(found.order_by("seq").values_list("body", flat=True))


def test_lists_and_counts_follow_what_others_do(acme, agents_away, at_desk, new_conversation):
    bob = at_desk(acme.bob)
    bea = at_desk(acme.bea, view="unassigned")
    bob.sees_counts(mine=0, unassigned=0, all=0)
    new_conversation("Who takes this one?")
    for agent in (bob, bea):
        agent.sees_counts(mine=0, unassigned=1, all=1)
    expect(bob.rows).to_have_count(0)
    bea.opens("Who takes this one?")
    bea.page.get_by_role("button", name="Assign to me").click()
    bea.sees_counts(mine=1, unassigned=0, all=1)
    bob.sees_counts(mine=0, unassigned=0, all=1)
    expect(bea.rows).to_have_count(0)
    bea.assigns_to("Bob")
    expect(bob.rows.filter(has_text="Who takes this one?")).to_be_visible()
    bob.sees_counts(mine=1, unassigned=0, all=1)
    bea.sees_counts(mine=0, unassigned=0, all=1)
    bob.opens("Who takes this one?")
    bob.assigns_to("Bea")
    expect(bea.assignee.locator("option:checked")).to_have_text("Bea")
    bea.sees_counts(mine=1, unassigned=0, all=1)
    expect(bob.rows).to_have_count(0)
    for agent in (bob, bea):
        agent.sees("Bob assigned this conversation to Bea.")


def test_actions_of_a_colleague_appear_without_reloading(acme, agents_away, at_desk, new_vera):
    vera = new_vera()
    conversation = vera.writes("Where is my order?").conversation
    bob = at_desk(acme.bob, conversation, view="all")
    bea = at_desk(acme.bea, conversation, view="all")
    bob.page.evaluate("window.isTheSamePage = true")
    expect(bob.page).to_have_title(re.compile(r"^\(1\)"))

    bea.assigns_to("Bea")
    expect(bob.assignee.locator("option:checked")).to_have_text("Bea")
    bea.notes("Lost by the courier.")
    bob.sees("Lost by the courier.")
    expect(bob.entries.filter(has_text="courier")).to_contain_text("Bea · private note")
    expect(bob.rows).to_contain_text("Lost by the courier.")
    bea.page.get_by_role("tab", name="Reply").click()
    bea.replies("On its way again.")
    bob.sees("On its way again.")
    expect(bob.rows).to_contain_text("On its way again.")
    expect(bob.page).to_have_title(re.compile(r"^[^(]"))
    vera.writes("Thank you!")
    bob.sees("Thank you!")
    expect(bob.page).to_have_title(re.compile(r"^\(1\)"))
    shown = vera.call("messages/?after=0").json()["html"]
    assert "On its way again." in shown
    assert "courier" not in shown  # a private note is for the team alone

    bea.page.get_by_role("button", name="Resolve").click()
    for agent in (bob, bea):
        expect(agent.page.get_by_role("button", name="Reopen")).to_be_visible()
        expect(agent.rows).to_have_count(0)
        agent.sees_counts(all=0)
    expect(bob.entries.locator(".body")).to_have_text(
        ["Where is my order?", "Lost by the courier.", "On its way again.", "Thank you!"]
    )
    assert bob.page.evaluate("window.isTheSamePage")
    bob.page.get_by_role("button", name="Reopen").click()
    for agent in (bob, bea):
        expect(agent.page.get_by_role("button", name="Resolve")).to_be_visible()
        expect(agent.rows).to_have_count(1)
        agent.sees_counts(all=1)
        agent.sees("Bob reopened this conversation.")


def test_the_assignee_is_shown_and_the_other_agents_load_when_someone_points_at_the_list(
    acme, agents_away, at_desk, new_conversation
):
    conversation = new_conversation("Who else?", assignee=acme.bob)
    bob = at_desk(acme.bob, conversation, view="all")
    options = bob.assignee.locator("option")
    expect(options).to_have_text(["Unassigned", "Bob"])
    # Someone who joined after the page was opened.
    ben = add_member(acme.workspace, user=make_user("Ben", "acme"))
    add_inbox_member(acme.inbox, membership=ben)
    assign_conversation(conversation, assignee=ben, by=acme.alice)
    expect(bob.assignee.locator("option:checked")).to_have_text("Ben")
    expect(bob.page.locator("#assignee-presence .sentence")).to_contain_text("Offline")
    bob.assignee.hover()
    for name in ("Bea", "Ben", "Bob"):
        expect(options.filter(has_text=name)).to_have_count(1)
    expect(bob.assignee.locator("option:checked")).to_have_text("Ben")


COUNT_RESPONSES = """
() => {
  window.responses = 0;
  document.addEventListener("htmx:finally:request", () => window.responses++);
}
"""


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)], ids=["in order", "latest first"])
def test_of_several_conversations_opened_quickly_the_last_is_shown(
    acme, agents_away, at_desk, new_conversation, order
):
    conversations = [new_conversation(f"Question {number}") for number in range(4)]
    bob = at_desk(acme.bob, view="all")
    bob.opens("Question 3")
    bob.page.evaluate(COUNT_RESPONSES)
    held = []
    bob.page.route(re.compile(r"/conversations/\d+/\?"), lambda route: held.append(route))
    for number in (2, 1, 0):
        with bob.page.expect_request(re.compile(rf"/{conversations[number].number}/\?")):
            bob.page.keyboard.press("j")
    until(lambda: bob.page.title() and len(held) == 3, what="the requests")
    for index in order:
        held[index].continue_()
    bob.page.wait_for_function("() => window.responses === 3")
    expect(bob.timeline).to_contain_text("Question 0")
    expect(bob.page).to_have_url(re.compile(rf"/{conversations[0].number}/\?"))


def test_a_draft_survives_an_assignment(acme, agents_away, at_desk, new_conversation):
    bob = at_desk(acme.bob, new_conversation("Quick?", assignee=acme.bob), view="all")
    held = []

    def is_assignment(request):
        return request.method == "POST" and request.url.endswith("/assignment/")

    def hold(route):
        return held.append(route) if is_assignment(route.request) else route.continue_()

    bob.page.route("**/assignment/", hold)
    with bob.page.expect_request(is_assignment):
        bob.assigns_to("Bea")
    bob.page.get_by_role("tab", name="Note").click()
    bob.page.keyboard.type("Bea, th")
    until(lambda: bob.page.title() and held, what="the request")
    held.pop().continue_()
    bob.sees("Bob assigned this conversation to Bea.")
    expect(bob.assignee.locator("option:checked")).to_have_text("Bea")
    bob.page.keyboard.type("ese are yours")
    note = bob.page.get_by_role("textbox", name="Private note")
    expect(note).to_have_value("Bea, these are yours")
    expect(bob.page.get_by_role("button", name="Resolve")).to_be_visible()


def test_a_reply_and_its_echo_are_one_entry(acme, agents_away, at_desk, new_conversation):
    bob = at_desk(acme.bob, new_conversation("Hello?"), view="all")
    bob.replies("Hello!")
    expect(bob.field).to_have_value("")
    # The row's update follows the entry on the same stream.
    expect(bob.rows).to_contain_text("Hello!")
    bob.sees("Hello!")
    assert bodies(acme, "reply") == ["Hello!"]


def test_a_reply_that_cannot_be_sent_stays_and_can_be_sent_again(
    acme, agents_away, at_desk, new_conversation, console
):
    console.expect("Failed to load resource", "Failed to fetch")
    bob = at_desk(acme.bob, new_conversation("Hello?"), view="all")
    bob.page.route(REPLIES, lambda route: route.abort())
    bob.field.fill("Hard to say")
    bob.field.press("Enter")
    expect(bob.page.get_by_role("alert")).to_contain_text("the server can't be reached")
    expect(bob.field).to_have_value("Hard to say")
    bob.page.unroute(REPLIES)
    bob.page.get_by_role("button", name="Try again").click()
    bob.sees("Hard to say")
    expect(bob.field).to_have_value("")
    expect(bob.page.get_by_role("alert")).to_have_count(0)
    assert bodies(acme, "reply") == ["Hard to say"]


def test_a_reply_whose_response_is_lost_is_shown_once(
    acme, agents_away, at_desk, new_conversation, console
):
    console.expect("Failed to load resource", "Failed to fetch")
    bob = at_desk(acme.bob, new_conversation("Hello?"), view="all")

    def lose_the_answer(route):
        assert route.fetch().status == 201
        route.abort()

    bob.page.route(REPLIES, lose_the_answer)
    bob.replies("Did that arrive?")
    expect(bob.field).to_have_value("")
    expect(bob.page.locator('[data-state="sending"]')).to_have_count(0)
    bob.page.reload()
    bob.sees("Did that arrive?")
    expect(bob.field).to_have_value("")
    assert bodies(acme, "reply") == ["Did that arrive?"]


def test_drafts_survive_switching_and_reloading(acme, agents_away, at_desk, new_conversation):
    new_conversation("First question", assignee=acme.bob)
    bob = at_desk(acme.bob, new_conversation("Second question", assignee=acme.bob))
    bob.field.fill("For the second")
    bob.opens("First question")
    expect(bob.field).to_have_value("")
    bob.field.fill("For the first")
    bob.opens("Second question")
    expect(bob.field).to_have_value("For the second")
    bob.page.reload()
    expect(bob.field).to_have_value("For the second")
    bob.opens("First question")
    expect(bob.field).to_have_value("For the first")


def test_a_draft_survives_a_page_that_was_made_before_it_was_stored(
    acme, agents_away, at_desk, new_conversation
):
    bob = at_desk(acme.bob, new_conversation("Do you deliver?", assignee=acme.bob))
    drafts, pages = [], []
    bob.page.route("**/draft/", lambda route: drafts.append(route), times=1)
    bob.field.fill("Half a sent")
    until(lambda: bob.page.wait_for_timeout(50) or drafts, what="storing the draft")
    desk = re.compile(r"/conversations/\d+/\?view=")
    bob.page.route(desk, lambda route: pages.append((route, route.fetch())))
    bob.page.evaluate("setTimeout(() => location.reload())")
    until(lambda: bob.page.wait_for_timeout(50) or pages, what="the next page")
    with bob.page.expect_request_finished(lambda request: request.url.endswith("/draft/")):
        drafts.pop().continue_()
    route, made_before = pages.pop()
    assert "Half a sent" not in made_before.text()
    route.fulfill(response=made_before)
    expect(bob.field).to_have_value("Half a sent")


def test_a_colleagues_dot_follows_their_page_and_an_away_agent_gets_no_conversations(
    acme, at_desk, new_conversation
):
    bob = at_desk(acme.bob)
    shown = bob.page.locator(f'.views .person[data-member="{acme.bea.pk}"]')
    dot = shown.locator("[data-presence]")
    expect(dot).to_have_attribute("data-presence", "offline")
    bob.page.locator("#view-unassigned").click()
    expect(bob.page.locator("#list-title")).to_have_text("Unassigned")
    expect(dot).to_have_attribute("data-presence", "offline")
    bea = at_desk(acme.bea)
    expect(dot).to_have_attribute("data-presence", "available")

    bea.page.get_by_role("button", name="Account menu").click()
    bea.page.get_by_role("switch", name="Away").click()
    expect(bea.page.locator("#me-menu .sentence")).to_contain_text("Away since")
    expect(dot).to_have_attribute("data-presence", "away")
    expect(shown).to_have_attribute("title", re.compile("Away since"))
    for text in ("One", "Two", "Three"):
        new_conversation(text)
    bob.sees_counts(mine=3, unassigned=0, all=3)
    bea.sees_counts(mine=0, unassigned=0, all=3)
    bea.page.get_by_role("switch", name="Away").click()
    expect(dot).to_have_attribute("data-presence", "available")
    expect(shown).to_have_attribute("title", "Available")
    bea.page.close(run_before_unload=True)
    expect(dot).to_have_attribute("data-presence", "offline", timeout=30_000)


def test_why_shows_the_candidates(acme, at_desk, new_conversation):
    bob = at_desk(acme.bob)
    new_conversation("Why you?")
    bob.opens("Why you?")
    bob.sees("Assigned to Bob: round robin, the only one available.")
    bob.page.get_by_text("Why?", exact=True).click()
    candidates = bob.page.locator(".decision li")
    expect(candidates).to_have_count(2)
    expect(candidates.filter(has_text="Bob")).to_contain_text("available · chosen")
    expect(candidates.filter(has_text="Bea")).to_contain_text("offline")


def test_an_agent_reads_and_replies_by_keyboard(acme, agents_away, at_desk, new_conversation):
    new_conversation("Older", assignee=acme.bob)
    new_conversation("Newer", assignee=acme.bob)
    bob = at_desk(acme.bob)
    keyboard = bob.page.keyboard
    for key, text in (("j", "Newer"), ("j", "Older"), ("k", "Newer")):
        keyboard.press(key)
        expect(bob.timeline).to_contain_text(text)
    keyboard.press("r")
    expect(bob.field).to_be_focused()
    keyboard.type("jkne?")
    expect(bob.field).to_have_value("jkne?")
    keyboard.press("Enter")
    bob.sees("jkne?")
    keyboard.press("Escape")
    expect(bob.field).not_to_be_focused()
    keyboard.press("n")
    expect(bob.page.get_by_role("textbox", name="Private note")).to_be_focused()
    keyboard.press("Escape")
    keyboard.press("?")
    expect(bob.page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    keyboard.press("Escape")
    expect(bob.page.get_by_role("heading", name="Keyboard shortcuts")).to_be_hidden()
    keyboard.press("e")
    expect(bob.page.get_by_role("button", name="Reopen")).to_be_visible()
    keyboard.press("e")
    expect(bob.page.get_by_role("button", name="Resolve")).to_be_visible()


def test_a_phone_shows_one_pane_at_a_time(acme, agents_away, at_desk, new_conversation):
    new_conversation("On the go?", assignee=acme.bob)
    bob = at_desk(acme.bob, **PHONE)
    expect(bob.rows).to_be_visible()
    expect(bob.timeline).to_have_count(0)
    bob.rows.get_by_role("link").tap()
    expect(bob.field).to_be_visible()
    expect(bob.rows).to_be_hidden()
    agents = bob.assignee.locator("option")
    expect(agents).to_have_text(["Unassigned", "Bob"])
    bob.page.get_by_role("button", name="Details", exact=True).tap()
    expect(bob.assignee).to_be_visible()
    expect(agents.filter(has_text="Bea")).to_have_count(1)  # without a tap on the list
    bob.page.get_by_role("button", name="Close the details").tap()
    expect(bob.assignee).to_be_hidden()
    bob.replies("Yes.")
    bob.page.get_by_role("link", name="Back to the list").tap()
    expect(bob.rows).to_contain_text("Yes.")
    expect(bob.timeline).to_have_count(0)
    widths = bob.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]


def test_the_main_menu_fits_on_a_phone_in_each_language(acme, at_desk):
    page = at_desk(acme.alice, **PHONE).page
    names = page.locator(".rail a .name:visible")
    for language, _name in settings.LANGUAGES:
        acme.workspace.language = language
        acme.workspace.save()
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(names).to_have_count(5)
        boxes = [each.bounding_box() for each in names.all()]
        edges = [0, *(edge for box in boxes for edge in (box["x"], box["x"] + box["width"])), 390]
        assert edges == sorted(edges), language


def test_an_empty_list_says_so_fills_and_empties_by_itself_and_leads_to_what_waits(
    acme, agents_away, at_desk, new_conversation
):
    bob = at_desk(acme.bob)
    for view, text in (
        ("all", "No open conversations"),
        ("resolved", "No resolved conversations"),
        ("mine", "You're all caught up"),
        ("unassigned", "No unassigned conversations"),
    ):
        bob.page.locator(f"#view-{view}").click()
        expect(bob.page.get_by_role("heading", name=text)).to_be_visible()
    empty = bob.page.get_by_role("heading", name="No unassigned conversations")
    select = bob.page.get_by_role("heading", name="Select a conversation")
    own = bob.page.get_by_role("heading", name="Conversations", level=1)
    expect(own).to_have_count(1)
    expect(select).to_be_hidden()
    conversation = new_conversation("Anyone there?")
    expect(bob.rows).to_have_count(1)
    expect(empty).to_be_hidden()
    expect(select).to_be_visible()
    expect(own).to_have_count(0)
    assign_conversation(conversation, assignee=acme.bea)
    expect(empty).to_be_visible()
    expect(select).to_be_hidden()

    bob.page.locator("#view-mine").click()
    expect(bob.page.get_by_role("heading", name="You're all caught up")).to_be_visible()
    unassigned = bob.page.locator(".list").get_by_role("link", name="Unassigned")
    expect(unassigned).to_be_hidden()
    new_conversation("And now?")
    expect(unassigned).to_have_text("Unassigned 1", use_inner_text=True)
    unassigned.click()
    expect(bob.rows).to_have_count(1)


def test_markup_stays_text(acme, agents_away, at_desk, new_conversation):
    image = '<img src="x" onerror="document.title = 1">'
    conversation = new_conversation(image)
    bob = at_desk(acme.bob, conversation, view="all")
    post_note(conversation, body=f"Note {image}", client_id=uuid4(), by=acme.bea)
    bob.sees(f"Note {image}")
    expect(bob.entries.locator(".body")).to_have_text([image, f"Note {image}"])
    expect(bob.rows).to_contain_text(f"Note {image}")
    assert bob.page.evaluate("document.querySelectorAll('.desk img').length") == 0


def test_the_receipt_of_the_last_reply_is_live(acme, agents_away, at_desk, on_website):
    vera = on_website().open()
    vera.writes("Anybody?")
    bob = at_desk(acme.bob, view="all")
    bob.opens("Anybody?")
    receipt = bob.page.locator(".receipt")
    expect(receipt).to_be_hidden()
    vera.launcher.click()
    bob.replies("Me.")
    expect(receipt).to_have_text("Reply not seen yet")
    vera.launcher.click()
    expect(receipt).to_have_text("Reply seen")
    expect(receipt).to_be_in_viewport()
    bob.page.evaluate(
        """async () => {
          const { replace } = await import("/static/desk/conversation.js");
          const late = document.querySelector(".receipt").cloneNode();
          late.dataset.state = late.textContent = "unseen";
          replace({ id: late.id, html: late.outerHTML });
        }"""
    )
    expect(receipt).to_have_text("Reply seen")  # it does not go back
    marks = bob.entries.locator(".mark:visible")
    expect(marks).to_have_text(["Seen"])
    vera.launcher.click()
    bob.replies("And again.")
    expect(marks).to_have_text(["Seen", "Sent"])
    bob.replies("And once more.")
    expect(marks).to_have_text(["Seen", "Sent"])  # once for replies in a row
    vera.launcher.click()
    expect(marks).to_have_text(["Seen", "Seen"])
    vera.writes("Good.")
    bob.sees("Good.")
    bob.page.reload()
    expect(marks).to_have_text(["Seen", "Seen"])
    expect(receipt).to_be_hidden()


def test_a_long_list_of_inboxes_is_loaded_once(acme, at_desk):
    for number in range(13):
        create_inbox(acme.workspace, name=f"Shop {number:02}", members=[])
    alice = at_desk(acme.alice, view="all")
    loaded = []
    alice.page.on("request", lambda request: "/inboxes/" in request.url and loaded.append(request))
    alice.page.get_by_role("link", name="Show all 14 inboxes").click()
    field = alice.page.get_by_role("searchbox", name="Find an inbox")
    shop = alice.page.get_by_role("link", name="Shop 12")
    expect(shop).to_be_visible()
    field.fill("Shop 03")
    expect(shop).to_be_hidden()
    field.blur()
    field.focus()
    field.fill("Shop 12")
    expect(shop).to_be_visible()
    assert len(loaded) == 1
