"""What a visitor typed and the server has not acknowledged: kept, sent in order, and only once."""

import json
import re

import pytest
from playwright.sync_api import expect

from inbox.models import Conversation, Message
from tests.browser.test_unread import HIDE, hide
from tests.processes import answers, free_port, until, web

POSTS = re.compile(r"/widget/[^/]+/messages/$")
DENIED = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("denied"); } });
Object.defineProperty(Document.prototype, "cookie", {
  get() { throw new DOMException("denied"); },
  set() { throw new DOMException("denied"); },
});"""


@pytest.fixture
def context(open_context, console):
    console.expect("Failed to load resource", "net::ERR", "WebSocket")
    return open_context()


def stored(acme):
    """Return (client id, body) of the visitor's messages in their order."""
    found = Message.objects.filter(workspace=acme.workspace, kind="contact")
    return [(str(pk), body) for pk, body in found.order_by("seq").values_list("client_id", "body")]


def kept(vera):
    """Return (client id, body) of the messages that the page keeps, oldest first."""
    items = vera.page.evaluate("Object.entries(localStorage)")
    texts = [json.loads(text) for name, text in items if "-" in name]
    return [(each["id"], each["body"]) for each in sorted(texts, key=lambda each: each["at"])]


class Barrier:
    """Keeps messages, or with `lets_through` only their responses, from a page until it is lifted.

    Routes aren't removed, because one of them may be at work.
    """

    def __init__(self, page_or_context, *, lets_through=False):
        self.is_up = True
        self.lets_through = lets_through
        page_or_context.route(POSTS, self.handle)

    def handle(self, route):
        if not self.is_up:
            return route.continue_()
        if self.lets_through:
            route.fetch()
        return route.abort()

    def lift(self, vera):
        self.is_up = False
        vera.inner_frame().evaluate("dispatchEvent(new Event('online'))")  # send them now


def test_offline_messages_wait_and_are_sent_in_order_with_their_ids(acme, context, on_website):
    vera = on_website(context).open()
    vera.writes("Before")
    context.set_offline(True)
    for text in ("First", "Second", "Third"):
        vera.types(text)
    expect(vera.frame.get_by_text("You're offline.")).to_be_visible()
    expect(vera.pending.get_by_text("Not sent yet.")).to_have_count(3)
    expect(vera.pending.get_by_role("button", name="Try again")).to_have_count(0)
    waiting = kept(vera)
    assert [body for _id, body in waiting] == ["First", "Second", "Third"]
    context.set_offline(False)
    for text in ("First", "Second", "Third"):
        vera.sees(text)
    expect(vera.frame.get_by_text("You're offline.")).to_be_hidden()
    assert stored(acme)[1:] == waiting
    until(lambda: kept(vera) == [], what="forgetting what was sent")


def test_a_message_whose_response_was_lost_is_sent_again_after_a_reload(acme, context, on_website):
    vera = on_website(context).open()
    barrier = Barrier(context, lets_through=True)
    vera.types("Only once")
    until(lambda: len(stored(acme)) == 1, what="storing it")
    [waiting] = kept(vera)
    vera.reload()
    vera.sees("Only once")  # the history has it, whether or not it is sent again
    barrier.lift(vera)
    vera.writes("And then")
    assert stored(acme)[0] == waiting
    assert [body for _id, body in stored(acme)] == ["Only once", "And then"]
    until(lambda: kept(vera) == [], what="forgetting both")


def test_another_tab_sends_what_a_closed_one_could_not(acme, context, on_website):
    one, two = on_website(context).open(), on_website(context).open()
    two.writes("From another tab")
    barrier = Barrier(one.page)
    one.types("First")
    one.types("Second")
    expect(one.pending.get_by_text("Not sent.")).to_have_count(2)
    waiting = kept(one)
    two.reload()
    two.sees("First")
    two.sees("Second")
    barrier.lift(one)  # now it sends them as well, which changes nothing
    one.sees("First")
    one.sees("Second")
    assert stored(acme)[1:] == waiting
    assert [body for _id, body in stored(acme)] == ["From another tab", "First", "Second"]
    assert Conversation.objects.filter(inbox=acme.inbox).count() == 1
    assert kept(one) == []


def test_a_conversation_started_in_another_tab_is_shown_on_return(context, on_website):
    context.add_init_script(HIDE)
    one, two = on_website(context).open(), on_website(context).open()
    hide(one)
    two.writes("From another tab")
    expect(one.entries).to_have_count(0)
    hide(one, False)
    one.sees("From another tab")
    two.writes("And live")
    one.sees("And live")


def test_where_all_storage_is_denied_messages_wait_in_the_open_page(acme, context, on_website):
    context.add_init_script(DENIED)
    vera = on_website(context).open()
    vera.writes("Before")
    barrier = Barrier(context)
    vera.types("First")
    vera.types("Second")
    expect(vera.pending.get_by_text("Not sent.")).to_have_count(2)
    barrier.lift(vera)
    vera.sees("First")
    vera.sees("Second")
    assert [body for _id, body in stored(acme)] == ["Before", "First", "Second"]


def test_messages_written_while_the_server_restarts_are_stored_once(
    stack, acme, context, on_website
):
    port = free_port()
    near, far = stack.app, f"http://localhost:{port}"

    def lead_elsewhere(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(near, far))

    context.route(f"{near}/widget/*.js", lead_elsewhere)
    with web(port):
        until(lambda: answers(port), what="the web server")
        vera = on_website(context).open()
        vera.writes("Before")
    vera.types("First")
    vera.types("Second")
    vera.field.fill("Half a sent")
    expect(vera.pending).to_have_count(2)
    with web(port):
        vera.sees("First")
        vera.sees("Second")
        expect(vera.field).to_have_value("Half a sent")
        assert [body for _id, body in stored(acme)] == ["Before", "First", "Second"]
