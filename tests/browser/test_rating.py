"""Rating a resolved conversation in the chat, on a website of another origin."""

import pytest
from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from inbox.actions.resolution import reopen_conversation, resolve_conversation
from inbox.models import Conversation, Message
from tests.browser.people import PHONE
from tests.browser.test_axe import find_violations
from tests.processes import until


@pytest.fixture
def resolved(acme, on_website):
    """Vera's open chat, whose conversation Bob has resolved."""
    acme.inbox.asks_rating = True
    acme.inbox.save()

    def resolve(context=None):
        vera = on_website(context).open()
        vera.writes("Thanks, that helped.")
        conversation = Conversation.objects.get(inbox=acme.inbox)
        assign_conversation(conversation, assignee=acme.bob, by=acme.bob)
        resolve_conversation(conversation, by=acme.bob)
        vera.form = vera.frame.locator("#rating-form")
        expect(vera.form).to_be_visible()
        return vera, conversation

    return resolve


def ratings(conversation):
    found = Message.objects.filter(conversation=conversation, activity="rated")
    return [(each.details["rating"], each.details["comment"]) for each in found]


def test_a_visitor_rates_by_keyboard_and_the_agent_sees_it(acme, resolved, at_desk):
    vera, conversation = resolved()
    faces = vera.form.get_by_role("radiogroup", name="How was this conversation?")
    expect(faces.get_by_role("radio")).to_have_count(5)
    comment = vera.form.get_by_role("textbox", name="Would you like to add something?")
    expect(comment).to_be_hidden()
    bob = at_desk(acme.bob, conversation, view="resolved")
    faces.get_by_role("radio", name="Terrible").focus()
    for _ in range(4):
        vera.page.keyboard.press("ArrowRight")
    expect(faces.get_by_role("radio", name="Great")).to_be_checked()
    vera.page.keyboard.press("Tab")
    expect(comment).to_be_focused()
    assert find_violations(vera.page, vera.inner_frame()) == []
    comment.focus()
    vera.page.keyboard.type("Very <b>quick</b>")
    vera.page.keyboard.press("Tab")
    vera.page.keyboard.press("Enter")
    vera.sees_state("Thank you for your rating.")
    expect(vera.field).to_be_focused()
    bob.sees("rated this conversation with Bob: 😍 Great. “Very <b>quick</b>”")
    assert ratings(conversation) == [(5, "Very <b>quick</b>")]
    vera.reload().sees_state("Thank you for your rating.")


def test_a_comment_outlives_errors_and_live_updates(acme, resolved, console):
    console.expect("Failed to load resource")
    vera, conversation = resolved()
    context = vera.page.context
    context.route("**/rating/", lambda route: route.abort())
    vera.form.get_by_text("OK").click()
    comment = vera.form.get_by_role("textbox")
    comment.fill("It took a while")
    vera.form.get_by_role("button", name="Send rating").click()
    expect(vera.form.get_by_role("alert")).to_have_text("Not sent. Try again")
    context.unroute("**/rating/")
    reopen_conversation(conversation, by=acme.bob)
    vera.form.get_by_role("button", name="Send rating").click()
    expect(vera.form.get_by_role("alert")).to_contain_text("This conversation is open again.")
    vera.field.click()
    resolve_conversation(conversation, by=acme.bob)
    expect(comment).to_have_value("It took a while")
    expect(vera.form.get_by_role("radio", name="OK")).to_be_checked()
    vera.form.get_by_role("button", name="Send rating").click()
    vera.sees_state("Thank you for your rating.")
    assert ratings(conversation) == [(3, "It took a while")]


def test_the_faces_fit_a_phone(acme, open_context, resolved):
    vera, _conversation = resolved(open_context(**PHONE))
    vera.form.get_by_text("Good").click()
    box = vera.form.bounding_box()
    for each in vera.form.locator(".scale label").all():
        shown = each.bounding_box()
        assert shown["height"] >= 44
        assert box["x"] <= shown["x"]
        assert shown["x"] + shown["width"] <= box["x"] + box["width"]
    until(
        lambda: vera.inner_frame().evaluate("document.body.scrollWidth <= innerWidth"), what="fit"
    )
