"""Inboxes that greet visitors or show only on some pages."""

import pytest
from playwright.sync_api import expect

from inbox.actions.inbox import create_inbox
from inbox.actions.page_greeting import save_page_greeting
from inbox.models import Inbox, Message
from tests.processes import until
from widget.loader_text import loader_text

HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
PAGE = HEAD + "<title>A shop</title><h1>A shop</h1>"
LONG = PAGE + '<p style="height: 5000px">A long page</p>'
TEXT = "Do you need help?"
GO_TO = "(path) => history.pushState({}, '', path)"


@pytest.fixture
def greets(acme):
    def greets(**fields):
        fields = {"text": TEXT, "sender": acme.bob, "seconds": 0} | fields
        return save_page_greeting(acme.inbox, by=acme.alice, **fields)

    return greets


def bubble(vera):
    return vera.page.get_by_role("button", name=TEXT)


def dismiss(vera):
    vera.page.get_by_role("button", name="Dismiss").click()
    expect(bubble(vera)).to_have_count(0)


@pytest.mark.firefox("focus: a script moves it from the page into the frame")
def test_a_greeting_leads_into_the_chat(acme, greets, agents_away, embeds, site):
    greets()
    vera = site.visit(embeds(), PAGE + site.line)
    expect(bubble(vera)).to_be_visible()
    expect(bubble(vera)).to_contain_text("Bob")
    bubble(vera).click()
    expect(vera.field).to_be_focused()
    expect(bubble(vera)).to_have_count(0)
    expect(vera.frame.locator(".greeting")).to_have_text(TEXT)
    expect(vera.frame.locator(".greeting + .by")).to_contain_text("Bob")
    vera.writes("Yes, please")
    entry = Message.objects.get(workspace=acme.workspace, activity="greeted")
    assert entry.details["text"] == TEXT
    vera.launcher.click()
    expect(vera.field).to_be_hidden()
    vera.launcher.click()
    vera.sees("Yes, please")
    vera.page.reload()
    expect(vera.launcher).to_be_visible()
    vera.page.wait_for_function("document.querySelector('[data-messagehub]').isConnected")
    expect(bubble(vera)).to_have_count(0)


def test_each_greeting_is_seen_once_and_nothing_else_is_loaded(acme, greets, embeds, site):
    greets()
    context = embeds()
    requested = []
    context.on("request", lambda request: requested.append(request.url))
    vera = site.visit(context, PAGE + site.line)
    expect(bubble(vera)).to_be_visible()
    dismiss(vera)
    assert vera.page.evaluate("document.activeElement === document.body")
    vera.page.reload()
    expect(vera.launcher).to_be_visible()
    expect(bubble(vera)).to_have_count(0)
    own = {url for url in requested if site.website.origin not in url and "data:" not in url}
    assert own == {f"{site.website.app}/widget/{acme.inbox.key}.js"}
    assert context.cookies() == []


def test_greetings_by_page_and_by_scrolling_follow_the_route(greets, embeds, site):
    greets(text="About prices?", pages=["/pricing"])
    greets(pages=["/lamps/*"], trigger="scroll", percent=60)
    context = embeds()
    vera = site.visit(context, LONG + site.line)
    expect(vera.launcher).to_be_visible()
    vera.page.evaluate(GO_TO, "/pricing")
    expect(vera.page.get_by_role("button", name="About prices?")).to_be_visible()
    vera = site.visit(context, LONG + site.line)
    vera.page.evaluate(GO_TO, "/lamps/desk")
    expect(bubble(vera)).to_have_count(0)
    vera.page.evaluate("scrollTo(0, 4000)")
    expect(bubble(vera)).to_be_visible()


def test_the_button_follows_the_rules_for_pages(acme, embeds, site):
    Inbox.objects.filter(pk=acme.inbox.pk).update(
        shown_on=["/", "/shop*", f"/{acme.workspace.slug}"], hidden_on=["*checkout*"]
    )
    vera = site.visit(embeds(), PAGE + site.line)
    expect(vera.launcher).to_be_visible()
    vera.page.evaluate(GO_TO, "/shop/checkout")
    expect(vera.launcher).to_be_hidden()
    vera.page.evaluate(GO_TO, "/shop/lamps")
    vera.open().field.fill("Half a sent")
    vera.page.evaluate(GO_TO, "/shop/checkout")
    expect(vera.field).to_have_value("Half a sent")  # an open chat stays
    vera.launcher.click()
    expect(vera.launcher).to_be_hidden()
    vera.page.evaluate("MessageHub('show')")
    expect(vera.launcher).to_be_visible()


def test_calls_made_before_it_is_opened_are_kept(acme, greets, agents_away, embeds, site):
    greets(pages=["/nowhere"])
    record = """<script>
    window.events = [];
    window.MessageHub ??= (...call) => (MessageHub.q ??= []).push(call);
    MessageHub("on", "open", () => events.push("open"));
    </script>"""
    vera = site.visit(embeds(), PAGE + record + site.line)
    expect(vera.launcher).to_be_visible()
    vera.page.evaluate("MessageHub('on', 'close', () => events.push('close'))")
    vera.page.evaluate("MessageHub('hide')")
    expect(vera.launcher).to_be_hidden()
    vera.page.evaluate("MessageHub('show')")
    vera.open().writes("Hello")
    vera.page.evaluate("MessageHub('close')")
    vera.page.wait_for_function("events.join() === 'open,close'")
    assert vera.page.evaluate("document.querySelectorAll('[data-messagehub]').length") == 1


def test_of_two_inboxes_the_first_is_used_and_the_second_is_named(acme, greets, open_context, site):
    greets(pages=["/nowhere"])
    other = create_inbox(acme.workspace, name="Sales", members=[acme.bob])
    save_page_greeting(other, text="From sales", seconds=0, sender=acme.bob, by=acme.alice)
    context, said = open_context(), []
    context.on("console", lambda message: said.append(message.text))
    lines = site.line + site.line + site.website.line(other)
    vera = site.visit(context, PAGE + lines.replace("async ", ""))
    vera.open()
    assert vera.page.evaluate("document.querySelectorAll('[data-messagehub]').length") == 1
    assert vera.page.evaluate("MessageHub.key") == acme.inbox.key
    assert [text for text in said if "MessageHub" in text] == [
        f"MessageHub: {other.key} is ignored, the page has {acme.inbox.key}."
    ]


def test_greetings_come_one_after_the_other_until_one_is_dismissed(greets, embeds, site):
    for name in ("The first", "The second", "The third"):
        greets(text=name)
    vera = site.visit(embeds(), PAGE + site.line)
    first, second, third = (
        vera.page.get_by_role("button", name=f"The {each}") for each in ("first", "second", "third")
    )
    expect(first).to_be_visible()
    expect(second).to_have_count(0)
    vera.page.reload()
    expect(second).to_be_visible()
    expect(first).to_have_count(0)
    vera.page.get_by_role("button", name="Dismiss").click()
    vera.page.reload()
    expect(vera.launcher).to_be_visible()
    vera.page.wait_for_timeout(700)  # greetings are looked for every 300 ms
    expect(third).to_have_count(0)


def test_it_comes_back_when_the_page_takes_it_out(greets, embeds, site):
    greets(pages=["/nowhere"])
    vera = site.visit(embeds(), PAGE + site.line)
    expect(vera.launcher).to_be_visible()
    vera.page.evaluate("document.querySelector('[data-messagehub]').remove()")
    expect(vera.launcher).to_be_visible()
    vera.open()


def test_a_server_that_is_away_is_said_and_can_be_tried_again(acme, greets, embeds, site, console):
    console.expect("Failed to load", "ERR_CONNECTION", "ERR_FAILED", "CORS", "404")
    greets(pages=["/nowhere"])
    away = loader_text(acme.inbox).replace(site.website.app, "http://localhost:9")
    site.website.pages["/chat.js"] = away
    vera = site.visit(embeds(), PAGE + '<script async src="/chat.js"></script>')
    vera.launcher.click()
    expect(vera.page.get_by_text("The chat is unavailable right now")).to_be_visible()
    vera.page.get_by_role("button", name="Dismiss").click()
    until(lambda: vera.launcher.is_visible(), what="the button being there again")


def test_a_closed_inbox_hides_but_not_from_those_who_know_it(acme, agents_away, embeds, site):
    context = embeds()
    vera = site.visit(context, PAGE + site.line).open()
    vera.writes("Hello")
    Inbox.objects.filter(pk=acme.inbox.pk).update(shown_when="available")
    vera.page.goto("about:blank")
    known = site.visit(context, PAGE + site.line.replace(".js", ".js?fresh"))
    expect(known.launcher).to_be_visible()
    stranger = site.visit(embeds(), PAGE + site.line)
    host = stranger.page.locator("[data-messagehub]")
    expect(host).to_be_attached()
    expect(host).to_be_hidden()
