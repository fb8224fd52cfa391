"""The page for the chat alone: with scripts the chat window, without them forms."""

import re

import pytest
from playwright.sync_api import expect

from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation, Inbox
from tests.browser.people import PHONE
from tests.browser.test_axe import find_violations
from tests.processes import answers, free_port, until, web


@pytest.fixture
def url(stack, acme):
    return f"{stack.app}/c/{acme.inbox.key}/"


@pytest.mark.parametrize(
    "options", [{"locale": "de-DE"}, PHONE | {"locale": "ar"}], ids=["de", "ar"]
)
def test_without_scripts_a_visitor_chats_by_forms(acme, url, open_context, agents_away, options):
    page = open_context(java_script_enabled=False, **options).new_page()
    page.goto(url)
    field = page.locator("#composer textarea")
    field.fill("Hallo?")
    page.locator(".send").click()
    expect(page.locator("#timeline .bubble")).to_have_text("Hallo?")
    assert "#latest" in page.url
    field.fill("Noch etwas")
    page.locator(".again").click()
    expect(field).to_have_value("Noch etwas")
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_the_forms_have_no_violation(acme, url, open_context, agents_away):
    context = open_context(**PHONE)
    page = context.new_page()
    page.goto(f"{url}?plain=1")
    page.get_by_role("textbox", name="Message").fill("Hello?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#timeline .bubble")).to_have_text("Hello?")
    page.get_by_text("Options").click()
    assert find_violations(page) == []
    page.get_by_role("textbox", name="Message").fill("Half a sent")
    page.get_by_role("button", name="End this conversation").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("Half a sent")
    page.get_by_label("Start a new conversation").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#timeline .bubble")).to_have_text("Half a sent")
    page.get_by_text("Options").click()
    page.get_by_role("link", name="Earlier conversations").click()
    page.wait_for_url(re.compile("/conversations/"))
    assert find_violations(page) == []
    page.get_by_role("link", name="Hello?").click()
    expect(page.locator("#timeline .bubble")).to_have_text("Hello?")
    assert find_violations(page) == []


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no-scripts"])
def test_strangers_are_tested_by_a_script_or_told_that_they_need_javascript(
    acme, open_context, console, has_scripts
):
    console.expect("403")
    port = free_port()
    with web(
        port, DJANGO_SETTINGS_MODULE="tests.browser.settings", LOCAL="1", CAPTCHA="proof-of-work"
    ):
        page = open_context(java_script_enabled=has_scripts).new_page()
        url = f"http://localhost:{port}/c/{acme.inbox.key}/?plain=1"
        until(lambda: answers(port), what="the web server")
        page.goto(url)
        expect(page.get_by_text("please turn on JavaScript")).to_be_visible(visible=not has_scripts)
        field = page.locator("#composer textarea")
        field.fill("Hello?")
        page.get_by_role("button", name="Send").click()
        if has_scripts:
            expect(page.locator("#timeline .bubble")).to_have_text("Hello?")
        else:
            expect(page.get_by_role("alert")).to_be_visible()
            expect(field).to_have_value("Hello?")


def test_with_scripts_it_is_the_chat_window_of_the_same_visitor(acme, url, open_context):
    page = open_context().new_page()
    page.goto(url)
    frame = page.frame_locator("iframe")
    frame.get_by_role("textbox", name="Message").fill("From the window")
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator("#timeline .bubble")).to_have_text("From the window")
    box = page.locator("iframe").bounding_box()
    assert box["height"] == page.viewport_size["height"]
    frame.get_by_role("button", name="Close the chat").click()
    page.wait_for_url("**/?plain=1")
    expect(page.locator("#timeline .bubble")).to_have_text("From the window")
    page.get_by_role("textbox", name="Message").fill("From the page")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#timeline .bubble")).to_have_text(["From the window", "From the page"])
    assert Conversation.objects.get(inbox=acme.inbox).messages.filter(kind="contact").count() == 2


def test_a_rating_keeps_the_message_that_is_being_written(
    acme, url, open_context, agents_away, console
):
    console.expect("400")
    Inbox.objects.filter(pk=acme.inbox.pk).update(asks_rating=True)
    page = open_context(java_script_enabled=False, **PHONE).new_page()
    page.goto(url)
    field = page.locator("#composer textarea")
    field.fill("Thanks!")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#timeline .bubble")).to_have_text("Thanks!")
    resolve_conversation(Conversation.objects.get(inbox=acme.inbox), by=acme.bob)
    page.reload()
    field.fill("One more")
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_text("Choose one of the faces.")).to_be_visible()
    page.locator(".scale label").last.click()
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_text("Thank you for your rating.")).to_be_visible()
    expect(field).to_have_value("One more")
