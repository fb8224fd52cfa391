"""The embed script on pages of other origins."""

import re

import pytest
from playwright.sync_api import expect

from inbox.models import Message
from tests.browser.people import PHONE, Visitor
from tests.browser.website import Website
from tests.faults.line import Line
from tests.processes import until
from widget.loader_text import loader_text

HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
BODY = "<title>A shop</title><h1>A shop</h1>"
BLOCKED = ["frame-ancestors", "ERR_BLOCKED_BY_RESPONSE", "Failed to load", "ERR_CONNECTION"]
# Count nodes as a framework does that takes over the document. With extra nodes it starts over.
COUNTS = """<script>
window.counted = [];
const count = () => counted.push([...document.documentElement.children, ...document.body.children]
  .map((node) => node.localName).filter((name) => name !== "script").join());
addEventListener("DOMContentLoaded", count);
addEventListener("load", count);
</script>"""
HOSTS = "[...document.querySelectorAll('*')].filter((node) => node.shadowRoot).length"
# Removes every foreign element at once, each time. Its clock runs a hundred times as fast.
FIGHTS = """<script>
window.removed = 0;
const { setTimeout: later } = window;
window.setTimeout = (then, time, ...more) => later(then, time / 100, ...more);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node.shadowRoot) { node.remove(); removed++; }
}).observe(document.documentElement, { childList: true });
</script>"""
# Replaces the body as Turbo does. The new body has the embed script, too.
SWAP = """(line) => {
  const fresh = document.createElement("body");
  document.documentElement.replaceChild(fresh, document.body);
  const script = document.createElement("script");
  script.src = line.match(/src="([^"]*)"/)[1];
  script.onload = () => (document.title = "ran again");
  fresh.append(script);
}"""


@pytest.fixture
def anywhere(acme):
    """Allow the inbox on every website."""
    acme.inbox.allowed_sites = []
    acme.inbox.save()


def said(acme):
    found = Message.objects.filter(workspace=acme.workspace, kind="contact")
    return list(found.order_by("created_at").values_list("body", flat=True))


def frame_of(vera):
    return vera.page.locator("iframe[src*='/widget/']")


def is_not_shown(vera, text):
    """Expect our own message and a way out instead of the browser's error page."""
    expect(vera.page.get_by_text(text)).to_be_visible()
    expect(frame_of(vera)).to_be_hidden()
    expect(vera.page.get_by_role("button", name="Try again")).to_be_visible()
    vera.page.get_by_role("button", name="Close", exact=True).click()
    expect(vera.page.get_by_text(text)).to_be_hidden()
    expect(vera.launcher).to_have_accessible_name("Open the chat")


@pytest.mark.firefox("frames: the page isn't told of a refused frame in the same way")
@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_a_site_that_is_not_on_the_list_gets_our_words(acme, stack, embeds, console, options):
    console.expect(*BLOCKED)
    with Website(stack.app) as stranger:
        context = embeds(**{key: options[key] for key in ("viewport",) if key in options})
        vera = Visitor(context.new_page(), stranger.page(acme.inbox))
        vera.launcher.click()
        is_not_shown(vera, "The chat is unavailable right now")


@pytest.mark.firefox("frames: a failed frame shows an error page of its own")
def test_a_server_that_is_away_can_be_tried_again(acme, stack, embeds, site, console):
    console.expect(*BLOCKED)
    line = Line(("127.0.0.1", stack.port))
    loader = loader_text(acme.inbox).replace(stack.app, f"http://localhost:{line.port}")
    site.website.pages["/chat.js"] = loader
    vera = site.visit(embeds(), HEAD + BODY + '<script async src="/chat.js"></script>')
    line.cut()
    vera.launcher.click()
    is_not_shown(vera, "The chat is unavailable right now")
    vera.launcher.click()
    expect(vera.page.get_by_text("The chat is unavailable")).to_be_visible()
    line.mend()
    vera.page.get_by_role("button", name="Try again").click()
    expect(vera.field).to_be_focused()
    expect(vera.page.get_by_role("button", name="Try again")).to_be_hidden()
    line.cut()


def test_a_framework_finds_the_document_as_it_sent_it(embeds, site):
    vera = site.visit(embeds(), HEAD + COUNTS + BODY + site.line)
    expect(vera.launcher).to_be_visible()
    until(lambda: len(vera.page.evaluate("counted")) == 2, what="counting twice")
    assert vera.page.evaluate("counted") == ["head,body,h1"] * 2
    vera.open()


def test_it_outlives_a_document_that_is_rendered_again(acme, embeds, site):
    vera = site.visit(embeds(), HEAD + BODY + site.line).open()
    vera.writes("Before")
    vera.page.evaluate(
        """() => {
          const fresh = document.createElement("html");
          fresh.innerHTML = "<head></head><body><h1>Rendered again</h1></body>";
          document.replaceChild(fresh, document.documentElement);
        }"""
    )
    vera.sees("Before")
    vera.writes("After")
    vera.launcher.click()
    expect(vera.field).to_be_hidden()
    assert vera.page.evaluate(HOSTS) == 1


def test_a_body_that_is_swapped_leaves_the_open_chat_alone(embeds, site):
    vera = site.visit(embeds(), HEAD + BODY + site.line).open()
    vera.field.fill("Half a sent")
    vera.page.evaluate(SWAP, site.line)
    expect(vera.page).to_have_title("ran again")
    expect(vera.field).to_have_value("Half a sent")
    assert vera.page.evaluate(HOSTS) == 1


@pytest.mark.firefox("documents: writing a new one unloads frames at another time")
def test_it_outlives_document_open(acme, embeds, site):
    vera = site.visit(embeds(), HEAD + BODY + site.line).open()
    vera.writes("Before")
    html = HEAD + "<title>Written</title><h1>Written</h1>" + site.line
    vera.page.evaluate(
        "(html) => { document.open(); document.write(html); document.close(); }", html
    )
    expect(vera.page).to_have_title("Written")
    vera.sees("Before")
    vera.writes("After")
    assert vera.page.evaluate(HOSTS) == 1
    assert said(acme) == ["Before", "After"]


def test_a_page_that_takes_it_out_each_time_wins(embeds, site):
    vera = site.visit(embeds(), HEAD + FIGHTS + BODY + site.line)
    until(lambda: vera.page.evaluate("removed") == 9, what="being removed for the last time")
    vera.page.wait_for_timeout(300)  # thirty seconds of the page's clock
    assert vera.page.evaluate("removed") == 9


@pytest.fixture
def file(tmp_path, site):
    path = tmp_path / "index.html"
    path.write_text(HEAD + BODY + site.line)
    return path.as_uri()


@pytest.mark.firefox("files: each has an origin, and no storage, of its own")
@pytest.mark.usefixtures("anywhere")
def test_it_works_in_a_file_on_ones_own_disk(acme, embeds, file):
    vera = Visitor(embeds().new_page(), file).open()
    vera.writes("From my disk")
    vera.reload().sees("From my disk")
    vera.writes("And again")
    assert said(acme) == ["From my disk", "And again"]


def test_a_file_says_why_it_cannot_show_a_chat_with_a_list_of_sites(embeds, file, console):
    console.expect(*BLOCKED)
    vera = Visitor(embeds().new_page(), file)
    vera.launcher.click()
    is_not_shown(vera, re.compile("it isn't on a website"))


@pytest.mark.usefixtures("anywhere")
def test_a_sandboxed_frame_says_why_it_has_no_chat(acme, embeds, site, console):
    console.expect("CORS", "Failed to load", "Blocked script", "sandbox", "net::ERR")
    site.website.pages["/sandboxed"] = HEAD + BODY + site.line
    vera = site.visit(
        embeds(), HEAD + '<iframe sandbox="allow-scripts" src="/sandboxed" width=800 height=700>'
    )
    inside = vera.page.frame_locator("iframe[sandbox]")
    inside.get_by_role("button", name="Open the chat").click()
    expect(inside.get_by_text("it isn't on a website")).to_be_visible()
    expect(inside.locator("iframe")).to_be_hidden()
    assert said(acme) == []


def test_enter_sends_where_there_is_a_keyboard(acme, embeds, site):
    vera = site.visit(embeds(), HEAD + BODY + site.line).open()
    vera.field.press_sequentially("One line")
    vera.field.press("Shift+Enter")
    vera.field.press_sequentially("and another")
    vera.field.press("Enter")
    until(lambda: said(acme) == ["One line\nand another"], what="the message being stored")
    expect(vera.field).to_have_value("")


def test_enter_is_a_new_line_on_a_phone(acme, open_context, on_website):
    vera = on_website(open_context(**PHONE)).open()
    vera.field.press_sequentially("One line")
    vera.field.press("Enter")
    vera.field.press_sequentially("and another")
    expect(vera.field).to_have_value("One line\nand another")
    vera.field.press("Control+Enter")
    until(lambda: said(acme) == ["One line\nand another"], what="the message being stored")
