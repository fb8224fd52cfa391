"""The chat on a phone: it covers the screen, and Back closes it before it leaves the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import PHONE
from tests.processes import until

HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
    '<meta name="viewport" content="width=device-width,viewport-fit=cover">'
)
BODY = '<title>A shop</title><h1>A shop</h1><p style="height:3000px">Long'
# A router as single-page applications have it: it shows what its state says.
ROUTER = """<script>
history.replaceState({ route: "start" }, "");
window.routes = [];
addEventListener("popstate", ({ state }) => routes.push(state?.route));
</script>"""
# A page that Firefox doesn't keep: its driver can't follow it to one that it has kept.
UNLOADS = '<script>addEventListener("unload", () => {})</script>'
# A headless browser has no keyboard on the screen: this takes the room that one would take.
KEYBOARD = """
let height, top = 0;
const real = Object.getOwnPropertyDescriptor(VisualViewport.prototype, "height").get;
Object.defineProperty(visualViewport, "height", { get: () => height ?? real.call(visualViewport) });
Object.defineProperty(visualViewport, "offsetTop", { get: () => top });
globalThis.openKeyboard = (rest, offset) => {
  [height, top] = [rest, offset];
  visualViewport.dispatchEvent(new Event("resize"));
};"""


@pytest.fixture
def phone(request, embeds):
    """Open a context of a phone; Firefox can't be one, so it only gets the size."""
    is_firefox = "firefox" in request.node.name
    return embeds(**({"viewport": PHONE["viewport"]} if is_firefox else PHONE))


def is_open(vera):
    expect(vera.field).to_be_visible()
    expect(vera.launcher).to_have_accessible_name("Close the chat", include_hidden=True)


def is_closed(vera):
    expect(vera.field).to_be_hidden()
    expect(vera.launcher).to_have_accessible_name("Open the chat")


@pytest.mark.firefox("history: entries of frames and of the page are joined differently")
def test_back_closes_the_chat_first_and_leaves_the_page_second(phone, site):
    start = site.website.origin + "/start"
    site.website.pages["/start"] = HEAD + "<title>Start</title><h1>Start</h1>" + UNLOADS
    vera = site.visit(phone, HEAD + ROUTER + BODY + site.line)
    address = vera.page.url
    vera.page.goto(start)
    vera.page.goto(address)
    vera.open()
    vera.page.wait_for_function("history.state.messagehub")
    assert vera.page.evaluate("history.state.route") == "start"
    vera.page.evaluate("history.back()")
    is_closed(vera)
    assert vera.page.url == address
    assert vera.page.evaluate("routes") == ["start"]  # the page's router stays where it is
    for _ in range(2):  # closing it by its button takes the entry away, too
        vera.open()
        vera.page.wait_for_function("history.state.messagehub")
        vera.frame.get_by_role("button", name="Close the chat").click()
        is_closed(vera)
        vera.page.wait_for_function("!history.state.messagehub")
    vera.page.evaluate("history.back()")
    expect(vera.page).to_have_title("Start")


def test_a_wide_page_keeps_its_history(embeds, site):
    vera = site.visit(embeds(viewport={"width": 1280, "height": 800}), HEAD + BODY + site.line)
    before = vera.page.evaluate("history.length")
    vera.open()
    vera.writes("Hello")
    assert vera.page.evaluate("history.length") == before


def test_the_keyboard_never_covers_the_field(open_context, site):
    context = open_context(**PHONE)
    context.add_init_script(KEYBOARD)
    vera = site.visit(context, HEAD + BODY + site.line).open()
    for number in range(12):
        vera.writes(f"Message number {number}")
    vera.page.evaluate("openKeyboard(440, 60)")  # the page has scrolled behind it, as on iOS
    card, send = vera.page.locator(".card"), vera.frame.get_by_role("button", name="Send")
    size = {"x": 0, "y": 60, "width": 390, "height": 440}
    until(lambda: card.bounding_box() == size, what="fitting above the keyboard")
    box = vera.field.bounding_box()
    assert 60 < box["y"] < box["y"] + box["height"] <= 500
    assert send.bounding_box()["height"] >= 44
    expect(vera.entries.last).to_be_in_viewport()
    vera.page.evaluate("openKeyboard(844, 0)")
    until(lambda: card.bounding_box()["height"] == 844, what="taking the screen again")


def test_fields_do_not_zoom_and_nothing_scrolls_sideways(acme, agents_away, open_context, site):
    vera = site.visit(open_context(**PHONE), HEAD + BODY + site.line).open()
    vera.writes("Long" * 60)
    vera.sees_state("We're away right now")
    expect(vera.frame.get_by_label("Where can we reach you?")).to_be_visible()
    sizes = vera.inner_frame().evaluate(
        "[...document.querySelectorAll('input:not([type=file]), textarea')]"
        ".map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert len(sizes) >= 2
    assert min(sizes) >= 16
    inner = vera.inner_frame()
    assert inner.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    card = vera.page.locator(".card")
    padding = card.evaluate("(card) => getComputedStyle(card).paddingBlock")
    assert padding == "0px"  # of the safe area, which this phone doesn't have
    scroll = vera.page.evaluate("scrollY")
    vera.frame.locator("#talk").hover()
    vera.page.mouse.wheel(0, 2_000)
    assert vera.page.evaluate("scrollY") == scroll  # the page behind stays


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_no_button_covers_who_answers(agents_away, open_context, site, language):
    head = HEAD.replace('lang="en"', f'lang="{language}"')
    vera = site.visit(open_context(**PHONE), head + BODY + site.line)
    vera.page.evaluate("MessageHub('open')")
    vera.frame.locator("#composer textarea").fill("Hello")
    vera.frame.locator("#composer .send").click()
    expect(vera.frame.locator("#menu")).to_be_visible()
    shown = vera.frame.locator(".state p").bounding_box()
    for button in ("mute", "menu", "close"):
        box = vera.frame.locator(f"#{button}").bounding_box()
        assert min(box["width"], box["height"]) >= 44
        assert box["y"] + box["height"] <= shown["y"]


def test_with_reduced_motion_nothing_moves(open_context, site):
    vera = site.visit(
        open_context(reduced_motion="reduce", **PHONE), HEAD + BODY + site.line
    ).open()
    vera.writes("Hello")
    running = "document.getAnimations().length"
    vera.page.evaluate("MessageHub('close')")
    assert vera.page.evaluate(running) == 0
    assert vera.inner_frame().evaluate(running) == 0
    is_closed(vera)
