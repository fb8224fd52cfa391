"""The chat on pages that make it hard: their styles, policies, storage, network and life cycle."""

import time

import pytest
from playwright.sync_api import expect

from inbox.actions.message import post_reply
from inbox.models import Conversation
from messagehub.lib.ids import new_id

HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
BODY = "<title>A shop</title><h1>A shop</h1>"
UNSET = """<style>
* { all: unset !important; }
html > div, div, iframe, button { display: none !important; z-index: -1 !important; }
</style>"""
COVER = """<style>
#cover { position: fixed; inset: 0; z-index: 2147483647; background: gold; pointer-events: none; }
body { transform: rotate(1deg); overflow: hidden; filter: blur(2px); }
</style><div id="cover"></div>"""
DENIED = """<script>
for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
  Object.defineProperty(window, name, {
    get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
  });
Object.defineProperty(Document.prototype, "cookie", {
  get() { throw new DOMException("The operation is insecure.", "SecurityError"); },
  set() { throw new DOMException("The operation is insecure.", "SecurityError"); },
});
</script>"""
LATENCY = 0.4  # seconds, as of slow 3G
BYTES_PER_SECOND = 50_000


def conversation(acme):
    return Conversation.objects.select_related("workspace").get(inbox=acme.inbox)


def reply(acme, body):
    post_reply(conversation(acme), body=body, client_id=new_id(), by=acme.bob)


def is_on_top(vera):
    """Return whether the launcher is what a click in its middle meets."""
    return vera.launcher.evaluate(
        """(button) => {
          const { x, y, width, height } = button.getBoundingClientRect();
          const host = document.elementFromPoint(x + width / 2, y + height / 2);
          return host?.shadowRoot?.contains(button) ?? false;
        }"""
    )


@pytest.mark.parametrize("style", [UNSET, COVER], ids=["unset", "cover"])
def test_the_styles_of_a_page_dont_reach_it(acme, agents_away, embeds, site, style):
    vera = site.visit(embeds(), HEAD + style + BODY + site.line)
    expect(vera.launcher).to_have_css("width", "56px")
    expect(vera.launcher).to_have_css("position", "fixed")
    assert is_on_top(vera)
    vera.open().writes("Hello")


def test_it_comes_back_after_the_page_was_emptied(acme, agents_away, embeds, site):
    vera = site.visit(embeds(), HEAD + BODY + site.line).open()
    vera.writes("Before")
    vera.page.evaluate("document.body.innerHTML = ''")
    vera.page.evaluate("document.documentElement.replaceChildren(document.createElement('body'))")
    vera.sees("Before")
    vera.writes("After")


@pytest.mark.firefox("policies: trusted types and their errors are its own")
def test_a_strict_policy_with_trusted_types(acme, agents_away, embeds, site, console):
    app = site.website.app
    policy = (
        f"default-src 'none'; script-src {app}; frame-src {app}; img-src data:; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    vera = site.visit(embeds(), HEAD + meta + BODY + site.line).open()
    vera.writes("Behind a wall")
    expect(vera.launcher).to_have_css("width", "56px")


@pytest.mark.firefox("navigation: it keeps other pages for Back, and other form fields")
def test_back_and_forward_find_the_chat_as_it_was(acme, agents_away, embeds, site):
    vera = site.visit(embeds(), HEAD + BODY + site.line).open()
    vera.writes("Hello")
    vera.field.fill("Half a sent")
    site.website.pages["/other"] = HEAD + "<title>Other</title>"
    vera.page.goto(site.website.origin + "/other")
    expect(vera.page).to_have_title("Other")
    vera.page.go_back()
    expect(vera.page).to_have_title("A shop")
    if not vera.field.is_visible():
        vera.open()
    vera.sees("Hello")
    expect(vera.field).to_have_value("Half a sent")
    reply(acme, "Welcome back")
    vera.sees("Welcome back")


@pytest.mark.firefox("storage: a refused one throws errors in the frame")
def test_third_parties_have_no_cookies(acme, agents_away, embeds, site):
    store = "document.cookie = 'a=b; samesite=none; secure'; document.cookie"
    context = embeds(full_chromium=True)
    vera = site.visit(context, HEAD + BODY + site.line).open()
    vera.writes("Hello")
    assert vera.inner_frame().evaluate(store) == ""
    reply(acme, "Loud and clear.")
    vera.sees("Loud and clear.")
    assert {cookie["domain"] for cookie in context.cookies()} == {"127.0.0.1"}
    vera.reload().sees("Hello")
    first_party = context.new_page()
    first_party.goto(f"{site.website.app}/c/{acme.inbox.key}/?plain=1")
    assert "a=b" in first_party.evaluate(store)


def test_without_any_storage_it_works_until_the_page_is_left(acme, agents_away, embeds, site):
    vera = site.visit(embeds(), HEAD + DENIED + BODY + site.line).open()
    vera.writes("Private")
    reply(acme, "Sure")
    vera.sees("Sure")
    vera.launcher.click()
    expect(vera.field).to_be_hidden()
    vera.open().writes("Still there?")
    assert Conversation.objects.filter(inbox=acme.inbox).count() == 1


def slow_down(page):
    """Delay each response as a line of 3G does.

    Chromium's own command for it doesn't reach the chat's frame, and Firefox has none.
    """

    def delay(route):
        time.sleep(LATENCY)
        # Streams have no end, and a message would lose its body.
        if route.request.url.endswith("/live/") or route.request.method != "GET":
            route.continue_()
        else:
            response = route.fetch()
            time.sleep(len(response.body()) / BYTES_PER_SECOND)
            route.fulfill(response=response)

    page.route("**/*", delay)


def test_on_a_slow_line(acme, agents_away, embeds, site):
    vera = site.visit(embeds(), HEAD + BODY + site.line)
    slow_down(vera.page)
    started = time.monotonic()
    vera.open().writes("Slowly")
    assert time.monotonic() - started > 5 * LATENCY
    vera.page.unroute_all(behavior="ignoreErrors")
    expect(vera.page.get_by_text("The chat is unavailable")).to_be_hidden()


def test_a_frozen_tab_catches_up(acme, agents_away, open_context, site):
    """Only in Chromium: Firefox doesn't freeze tabs, other than pages that it keeps for Back."""
    context = open_context()
    vera = site.visit(context, HEAD + BODY + site.line).open()
    vera.writes("Hello")
    life = context.new_cdp_session(vera.page)
    life.send("Page.setWebLifecycleState", {"state": "frozen"})
    reply(acme, "While you slept")
    life.send("Page.setWebLifecycleState", {"state": "active"})
    vera.sees("While you slept")
    vera.writes("Good morning")


def test_five_tabs_are_one_conversation(acme, agents_away, embeds, site):
    context = embeds()
    tabs = [site.visit(context, HEAD + BODY + site.line).open() for _number in range(5)]
    for number, tab in enumerate(tabs):
        tab.writes(f"From tab {number}")
    for tab in tabs:
        for number in range(5):
            tab.sees(f"From tab {number}")
    assert Conversation.objects.filter(inbox=acme.inbox).count() == 1
