"""Live updates after failures: what was missed appears once, in order, without reloading."""

from contextlib import contextmanager
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from inbox.actions.assignment import assign_conversation
from inbox.actions.message import post_note, post_reply
from inbox.actions.resolution import resolve_conversation
from inbox.models import Conversation
from tests.faults.line import Line, line_to_redis
from tests.processes import answers, free_port, until, web

STREAMS = "**/live/"
OFFLINE = ["Failed to load resource", "Failed to fetch", "net::ERR"]


@pytest.fixture
def line(stack):
    """Open a connection to the web server that can be cut."""
    line = Line(("127.0.0.1", stack.port))
    yield line
    line.cut()


@pytest.fixture
def redis_line():
    with line_to_redis() as line:
        yield line


@contextmanager
def without_reloading(page):
    page.evaluate("window.isTheSamePage = true")
    yield
    assert page.evaluate("window.isTheSamePage")


def shows(agent, *text):
    expect(agent.entries.locator(".body")).to_have_text(text)


def reads(vera, *text):
    expect(vera.entries.locator(".bubble")).to_have_text(text)


def note(conversation, text, by):
    post_note(conversation, body=text, client_id=uuid4(), by=by)


def test_the_desk_catches_up_after_its_connection_was_cut(
    acme, agents_away, at_desk, new_vera, line, console
):
    console.expect(*OFFLINE)
    vera = new_vera()
    conversation = vera.writes("One").conversation
    bob = at_desk(acme.bob, conversation, app=f"http://localhost:{line.port}", view="all")
    with without_reloading(bob.page):
        line.cut()
        expect(bob.page.locator('live-desk[data-connection="live"]')).to_have_count(0)
        unreachable = bob.page.get_by_text("Can't reach the server.")
        expect(unreachable).to_be_visible(timeout=30_000)
        vera.writes("Two")
        note(conversation, "Three", by=acme.bea)
        new_vera().writes("Another conversation")
        vera.writes("Four")
        resolve_conversation(conversation, by=acme.bea)
        line.mend()
        bob.expect_live()
        expect(unreachable).to_be_hidden()
        shows(bob, "One", "Two", "Three", "Four")
        expect(bob.page.get_by_role("button", name="Reopen")).to_be_visible()
        expect(bob.rows).to_have_count(1)
        expect(bob.rows).to_contain_text("Another conversation")
        bob.sees_counts(unassigned=1, all=1)
        note(conversation, "Five", by=acme.bea)
        shows(bob, "One", "Two", "Three", "Four", "Five")


def test_the_visitor_catches_up_after_the_connection_was_cut(
    stack, acme, open_context, on_website, line, console
):
    console.expect(*OFFLINE)
    context = open_context()
    near, far = stack.app, f"http://localhost:{line.port}"

    def lead_over_the_line(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(near, far))

    context.route(f"{near}/widget/*.js", lead_over_the_line)
    vera = on_website(context).open()
    vera.writes("One")
    conversation = Conversation.objects.get(inbox=acme.inbox)
    with without_reloading(vera.page):
        line.cut()
        for text in ("Two", "Three"):
            post_reply(conversation, body=text, client_id=uuid4(), by=acme.bob)
        note(conversation, "Not for the visitor", by=acme.bob)
        vera.types("Four")
        expect(vera.pending).to_have_count(1)
        line.mend()
        reads(vera, "One", "Two", "Three", "Four")
        expect(vera.pending).to_have_count(0)


def test_everything_is_caught_up_after_redis_was_lost(
    acme, agents_away, at_desk, new_vera, redis_line, console
):
    console.expect("Failed to load resource")
    port = free_port()
    vera = new_vera()
    conversation = vera.writes("One").conversation
    with web(port, REDIS_URL=redis_line.url):
        until(lambda: answers(port), what="the web server")
        bob = at_desk(acme.bob, conversation, app=f"http://localhost:{port}", view="all")
        with without_reloading(bob.page):
            redis_line.cut()
            expect(bob.page.locator('live-desk[data-connection="live"]')).to_have_count(0)
            vera.writes("Two")
            bob.field.fill("Three")
            bob.field.press("Enter")
            expect(bob.page.locator("#panel-reply .news")).to_contain_text("Two")
            bob.field.press("Enter")
            bob.sees("Three")
            redis_line.mend()
            vera.writes("Four")
            shows(bob, "One", "Two", "Three", "Four")
            bob.expect_live()
            vera.writes("Five")
            shows(bob, "One", "Two", "Three", "Four", "Five")
        bob.page.context.close()


def test_without_streams_both_sides_poll(
    acme, agents_away, sign_in, stack, open_context, on_website, console
):
    console.expect(*OFFLINE)
    website, desk = open_context(), sign_in(acme.bob)
    for context in (website, desk):
        context.route(STREAMS, lambda route: route.abort())
    vera = on_website(website).open()
    vera.writes("One")
    conversation = Conversation.objects.get(inbox=acme.inbox)
    page = desk.new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/conversations/{conversation.number}/?view=all")
    expect(
        page.get_by_text("Live updates unavailable. Refreshing every few seconds.")
    ).to_be_visible()
    with without_reloading(page), without_reloading(vera.page):
        vera.writes("Two")
        post_reply(conversation, body="Three", client_id=uuid4(), by=acme.bea)
        expect(page.locator(".timeline .body")).to_have_text(["One", "Two", "Three"])
        reads(vera, "One", "Two", "Three")


def test_a_late_list_does_not_undo_a_live_update(acme, agents_away, at_desk, new_conversation):
    """The list is requested when the stream of another conversation begins."""
    bea = at_desk(acme.bea, view="unassigned")
    taken = new_conversation("Taken meanwhile")
    new_conversation("Still waiting")
    expect(bea.rows).to_have_count(2)
    late = []
    bea.page.route("**/conversations/rows/**", lambda route: late.append((route, route.fetch())))
    bea.opens("Still waiting")
    until(lambda: bea.page.title() and late, what="the list")
    assign_conversation(taken, assignee=acme.bob)
    expect(bea.rows).to_have_count(1)
    route, response = late.pop()
    assert "Taken meanwhile" in response.text()
    route.fulfill(response=response)
    new_conversation("Merged after the list")
    expect(bea.rows.filter(has_text="Merged after the list")).to_be_visible()
    expect(bea.rows).to_have_count(2)


def test_a_row_that_changes_while_it_is_pressed_is_opened(
    acme, agents_away, at_desk, new_conversation
):
    pressed = new_conversation("Pressed")
    bea = at_desk(acme.bea, view="all")
    bea.rows.first.hover()
    bea.page.mouse.down()
    assign_conversation(pressed, assignee=acme.bob)
    bea.sees_counts(mine=0, unassigned=0, all=1)
    bea.page.mouse.up()
    expect(bea.timeline).to_contain_text("Pressed")
    expect(bea.rows.first).to_contain_text("Bob")
