"""The chat on a customer's website."""

import json
import re
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inbox.actions.message import post_note, post_reply
from inbox.actions.read_marker import mark_read
from inbox.actions.resolution import resolve_conversation
from inbox.actions.visitor import revoke_visitor
from inbox.models import Conversation, Inbox, Message, Visitor
from routing.emails.agents import hasten_agent_emails, unanswered_emails
from tests.browser.test_axe import find_violations
from tests.browser.website import Website
from tests.processes import until

POSTS = re.compile(r"/widget/[^/]+/messages/$")  # what sends; asking has ?after=
# The surface, the inbox's colour, and behind the initials of an agent whose hue is 20.
FIND_COLOURS = """
["var(--surface)", "var(--accent)", "oklch(var(--face) 20)"].map((colour) => {
  document.body.style.background = colour;
  return getComputedStyle(document.body).backgroundColor;
})
"""
IMAGE = '<img src="x" onerror="document.title = 1"> & "quotes"'


@pytest.fixture
def bob_answers(acme):
    def answer(text, post=post_reply):
        return post(conversation_of(acme), body=text, client_id=uuid4(), by=acme.bob)

    return answer


def conversation_of(acme):
    return Conversation.objects.select_related("workspace").get(inbox=acme.inbox)


def visitor_messages(acme):
    found = Message.objects.filter(workspace=acme.workspace, kind="contact")
    return list(found.order_by("created_at").values_list("body", flat=True))


def test_the_token_is_in_a_first_party_cookie_and_in_no_address(acme, open_context, on_website):
    context = open_context()
    addresses = []
    context.on("request", lambda request: addresses.append(request.url))
    vera = on_website(context).open()
    vera.writes("Who am I?")
    [cookie] = context.cookies()
    assert cookie["name"] == f"messagehub_{acme.inbox.key}"
    assert (cookie["domain"], cookie["sameSite"]) == ("127.0.0.1", "Lax")
    assert len(cookie["value"]) == 43
    vera.reload().sees("Who am I?")
    assert any("/live/" in address for address in addresses)
    assert [address for address in addresses if cookie["value"] in address] == []


def test_a_reply_appears_live_and_the_messages_stay_after_a_reload_as_text(
    acme, on_website, bob_answers
):
    vera = on_website().open()
    vera.writes(IMAGE)
    bob_answers(f"You wrote: {IMAGE}")
    vera.sees("You wrote:")
    expect(vera.entries.filter(has_text="You wrote:")).to_contain_text("Bob")
    expect(vera.entries.locator(".bubble")).to_have_text([IMAGE, f"You wrote: {IMAGE}"])
    vera.reload()
    expect(vera.entries.locator(".bubble")).to_have_text([IMAGE, f"You wrote: {IMAGE}"])
    assert vera.inner_frame().evaluate("document.querySelectorAll('img').length") == 0
    assert vera.inner_frame().title() == "Chat with " + acme.inbox.heading


def test_a_message_is_marked_as_sent_as_emailed_and_when_the_team_opens_it_as_seen(
    acme, agents_away, on_website
):
    vera = on_website().open()
    vera.writes("Is anyone there?")
    vera.writes("Hello?")
    first, last = vera.entries.all()
    expect(last).to_contain_text("· Sent")
    expect(first).not_to_contain_text("· Sent")
    conversation = conversation_of(acme)
    hasten_agent_emails(conversation)
    expect(last).to_contain_text("· Emailed")
    emails = unanswered_emails(conversation).filter(payload__is_first=True)
    assert emails.count() == 2  # Bob's and Bea's; a later one would have the next message, too
    until(lambda: emails.filter(state="sent").count() == 2, what="both agents' emails")
    mark_read(conversation, membership=acme.bob, seq=conversation.last_seq)
    expect(last).to_contain_text("· Seen")
    vera.writes("Still me")
    expect(vera.entries.last).to_contain_text("· Sent")
    expect(last).not_to_contain_text("· Seen")
    vera.reload()
    expect(vera.entries.last).to_contain_text("· Sent")


def test_a_message_is_stored_once_even_if_it_failed_or_its_response_was_lost(
    acme, open_context, on_website, console
):
    console.expect("Failed to load resource")
    context = open_context()
    vera = on_website(context).open()
    answers = []

    def lose_the_first_answer(route):
        answer = route.fetch()
        answers.append(answer.status)
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    context.route(POSTS, lose_the_first_answer)
    vera.types("Only once, please.")
    vera.sees("Only once, please.")
    assert answers == [201, 200]
    context.unroute(POSTS)

    context.route(POSTS, lambda route: route.abort())
    vera.types("Is anybody there?")
    again = vera.pending.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    expect(vera.pending).to_contain_text("Is anybody there?")
    expect(vera.pending.get_by_text("Not sent.")).to_be_visible()
    with context.expect_event("requestfailed"):
        again.click()
    context.unroute(POSTS)
    vera.sees("Is anybody there?")

    vera.field.fill("Click click")
    vera.frame.get_by_role("button", name="Send").dblclick()
    vera.sees("Click click")
    vera.reload().sees("Click click")
    assert visitor_messages(acme) == ["Only once, please.", "Is anybody there?", "Click click"]


def test_unsent_messages_survive_a_reload(acme, open_context, on_website, console):
    console.expect("Failed to load resource")
    context = open_context()
    vera = on_website(context).open()
    context.route(POSTS, lambda route: route.abort())
    vera.types("First")
    vera.types("Second")
    vera.field.fill("Half a sent")
    expect(vera.pending).to_have_count(2)
    until(lambda: "Half a sent" in stored_by_page(vera), what="the draft being kept")
    context.unroute(POSTS)
    vera.reload()
    expect(vera.entries.locator(".bubble")).to_have_text(["First", "Second"])
    expect(vera.field).to_have_value("Half a sent")
    assert visitor_messages(acme) == ["First", "Second"]
    until(lambda: "First" not in stored_by_page(vera), what="forgetting what was sent")


def stored_by_page(vera):
    return vera.page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")


def test_two_tabs_are_one_visitor_with_one_conversation(acme, open_context, on_website):
    context = open_context(full_chromium=True)
    one = on_website(context).open()
    two = on_website(context).open()
    one.types("From the first tab")
    two.types("From the second tab")
    for tab in (one, two):
        tab.sees("From the first tab")
        tab.sees("From the second tab")
    assert Conversation.objects.filter(inbox=acme.inbox).count() == 1
    assert len(visitor_messages(acme)) == 2


LISTEN = """
const { read } = ReadableStreamDefaultReader.prototype;
window.streamed = "";
ReadableStreamDefaultReader.prototype.read = async function () {
  const part = await read.call(this);
  if (part.value) window.streamed += new TextDecoder().decode(part.value);
  return part;
};"""


def test_private_notes_never_reach_the_visitor(stack, open_context, on_website, bob_answers):
    context = open_context()
    context.add_init_script(LISTEN)
    answers = []
    context.on("response", lambda response: answers.append(response))
    vera = on_website(context).open()
    vera.writes("May I have a discount?")
    # Wait for the stream: messages from before it come with the catch-up.
    until(lambda: "event: ready" in vera.inner_frame().evaluate("streamed"), what="the stream")
    bob_answers("Certainly not to this one.", post=post_note)
    bob_answers("I will ask.")
    vera.sees("I will ask.")
    streamed = vera.inner_frame().evaluate("streamed")
    assert "I will ask." in streamed
    assert "Certainly" not in streamed + vera.inner_frame().content()
    vera.page.close()
    back = on_website(context).open()
    back.sees("I will ask.")
    # Of this page alone, because the browser forgets the responses of earlier pages.
    mine = [each for each in answers if each.frame.page == back.page]
    bodies = [each.text() for each in mine if "/messages/" in each.url]
    assert any("I will ask." in body for body in bodies)
    assert not any("Certainly" in body for body in bodies)


def test_the_chat_opens_and_closes_by_keyboard(on_website):
    vera = on_website()
    expect(vera.launcher).to_have_attribute("aria-expanded", "false")
    vera.page.get_by_role("link", name="A link").focus()
    vera.page.keyboard.press("Tab")
    expect(vera.launcher).to_be_focused()
    vera.page.keyboard.press("Enter")
    expect(vera.field).to_be_focused()
    vera.page.keyboard.type("Typed")
    expect(vera.field).to_have_value("Typed")
    vera.page.keyboard.press("Escape")
    expect(vera.field).to_be_hidden()
    expect(vera.launcher).to_be_focused()
    expect(vera.launcher).to_have_attribute("aria-expanded", "false")


def test_an_offline_team_asks_for_a_valid_email_address(acme, on_website, console):
    console.expect("400")
    vera = on_website().open()
    vera.writes("Are you open on Sunday?")
    vera.sees_state("We're away right now")
    address = vera.frame.get_by_label("Where can we reach you?")
    send = vera.frame.get_by_role("button", name="Notify me by email")
    address.fill("vera at home")
    send.click()
    expect(vera.frame.get_by_role("alert")).to_contain_text("Enter a valid email address.")
    expect(address).to_be_focused()
    expect(address).to_have_value("vera at home")
    address.fill("vera@example.com")
    send.click()
    vera.sees_state("We'll reply to vera@example.com")
    expect(address).to_be_hidden()
    assert conversation_of(acme).contact.email == "vera@example.com"
    vera.frame.get_by_text("Change").click()
    address.fill("vera@example.org")
    send.click()
    vera.sees_state("We'll reply to vera@example.org")
    assert conversation_of(acme).contact.email == "vera@example.org"


def test_other_websites_cannot_show_the_chat(stack, acme, on_website, open_context, console):
    console.expect("frame-ancestors")
    with Website(stack.app) as stranger:
        page = open_context().new_page()
        page.goto(stranger.page(acme.inbox))
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.get_by_role("button", name="Open the chat").click()
        assert not any(frame.url.startswith(stack.app) for frame in page.frames)
        assert page.context.cookies() == []
    on_website().open()  # the same chat, where it may be


def test_a_revoked_visitor_starts_over_as_a_new_one(
    acme, open_context, on_website, bob_answers, console
):
    console.expect("401", "404")  # the new visitor has nothing to listen to until they write
    context = open_context()
    vera = on_website(context).open()
    vera.writes("Known")
    [before] = context.cookies()
    revoke_visitor(Visitor.objects.get(inbox=acme.inbox), at=timezone.now())
    vera.types("Hello again")
    vera.sees("Hello again")
    expect(vera.entries.filter(has_text="Known")).to_have_count(0)
    [after] = context.cookies()
    assert after["value"] != before["value"]
    assert Visitor.objects.filter(inbox=acme.inbox).count() == 2
    assert visitor_messages(acme) == ["Known", "Hello again"]
    vera.reload().sees("Hello again")


def test_an_emoji_is_put_where_the_caret_is(acme, on_website, console):
    console.expect("503")
    vera = on_website().open()
    keys = vera.page.keyboard
    vera.field.fill("One\nTwo\nThree\nFour")
    opener = vera.frame.get_by_role("button", name="Emoji")
    grid = vera.frame.get_by_role("dialog", name="Emoji")
    vera.page.route("**/emoji*.js", lambda route: route.fulfill(status=503))
    opener.click()
    vera.sees_state("This could not be loaded. Try again.")
    vera.page.unroute("**/emoji*.js")
    opener.click()
    expect(vera.frame.locator(".failed")).to_have_count(0)
    expect(grid.get_by_role("button").first).to_be_focused()
    box = grid.bounding_box()
    assert box["y"] + box["height"] <= vera.field.bounding_box()["y"]
    keys.press("ArrowDown")
    keys.press("ArrowLeft")
    expect(grid.get_by_role("button").nth(7)).to_be_focused()
    keys.press("Escape")
    expect(grid).to_be_hidden()

    vera.field.fill("Thanks!")
    vera.field.press("ArrowLeft")
    opener.click()
    assert find_violations(vera.page, vera.inner_frame()) == []
    grid.get_by_role("button", name="🎉").click()
    expect(grid).to_be_hidden()
    expect(vera.field).to_be_focused()
    expect(vera.field).to_have_value("Thanks🎉!")
    keys.press("Enter")
    vera.sees("Thanks🎉!")
    assert visitor_messages(acme) == ["Thanks🎉!"]


def test_long_text_is_counted_and_does_not_break_the_layout(acme, on_website):
    vera = on_website().open()
    vera.field.fill("a" * 5_003)
    expect(vera.frame.locator("#count")).to_have_text("Too long. Characters to remove: 3")
    vera.frame.get_by_role("button", name="Send").click()
    expect(vera.pending).to_have_count(0)
    expect(vera.field).to_have_value("a" * 5_003)
    vera.field.fill("a" * 5_000)
    expect(vera.frame.locator("#count")).to_have_text("Characters left: 0")
    vera.writes("a" * 5_000)
    talk = vera.inner_frame().evaluate(
        "[document.getElementById('talk')].map((e) => [e.scrollWidth, e.clientWidth])[0]"
    )
    assert talk[0] <= talk[1]
    assert [len(body) for body in visitor_messages(acme)] == [5_000]


def test_on_a_phone_it_covers_the_screen(on_website):
    phone = {"width": 390, "height": 844}
    vera = on_website(viewport=phone, is_mobile=True, has_touch=True)
    vera.launcher.tap()
    expect(vera.field).to_be_focused()
    card = vera.page.locator(".card")
    until(
        lambda: card.bounding_box() == {"x": 0, "y": 0, **phone},
        what=f"covering the screen, and not {json.dumps(card.bounding_box())}",
    )
    expect(vera.launcher).to_be_hidden()
    vera.frame.get_by_role("button", name="Close the chat").tap()
    expect(vera.field).to_be_hidden()
    expect(vera.launcher).to_be_visible()


def test_the_chat_has_the_colours_of_its_theme(stack, acme, open_context):
    Inbox.objects.filter(pk=acme.inbox.pk).update(accent="#102a43", accent_dark="#ffd400")
    light = ["rgb(255, 255, 255)", "rgb(16, 42, 67)", "oklch(0.9 0.06 20)"]
    dark = ["oklch(0.2 0.013 262)", "rgb(255, 212, 0)", "oklch(0.35 0.06 20)"]
    page = open_context().new_page()
    for theme, in_light, in_dark in [
        ("auto", light, dark),
        ("light", light, light),
        ("dark", dark, dark),
    ]:
        Inbox.objects.filter(pk=acme.inbox.pk).update(theme=theme)
        page.goto(f"{stack.app}/c/{acme.inbox.key}/?plain=1")
        for scheme, expected in [("light", in_light), ("dark", in_dark)]:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(FIND_COLOURS) == expected, (theme, scheme)


def test_the_response_to_a_message_does_not_undo_a_later_state(acme, agents_away, on_website):
    vera = on_website().open()
    vera.writes("Where is my parcel?")
    conversation = Conversation.objects.get(inbox=acme.inbox)
    post_reply(conversation, body="On its way.", client_id=uuid4(), by=acme.bob)
    vera.sees("On its way.")
    held = []
    vera.page.route(POSTS, lambda route: held.append((route, route.fetch())))
    vera.types("Thank you!")
    until(lambda: vera.page.wait_for_timeout(50) or held, what="the message")
    resolve_conversation(conversation, by=acme.bob)
    vera.sees_state("This conversation is closed.")
    route, response = held.pop()
    assert "This conversation is closed." not in response.text()
    with vera.page.expect_response("**/messages/?after=*"):
        route.fulfill(response=response)
    vera.sees_state("This conversation is closed.")
