"""axe-core finds no violation on any page, light and dark, at the desk and in the chat."""

from pathlib import Path

import pytest
from django.test import Client

from tests.browser.people import PHONE
from tests.conftest import goes_online
from tests.house.routes import addresses, other_routes

AXE = (Path(__file__).parents[1] / "vendor/axe-core/axe.min.js").read_text()
RUN = """
async (rules) => {
  // Wait for colours that are still changing to those of the other scheme.
  await Promise.allSettled(document.getAnimations().map((each) => each.finished));
  const runOnly = rules ? { runOnly: rules } : {};
  const { violations } = await axe.run({ resultTypes: ["violations"], ...runOnly });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}
"""
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules whose result may differ in the dark
NOT_OURS = ("anymail/", "demo/")  # the demo's shop is the website of a customer


@pytest.fixture
def conversation(acme, new_conversation):
    """Create one with a routing decision, so that every route has a row."""
    goes_online(acme.bob)
    return new_conversation("Do you deliver?")


def find_violations(page, frame=None):
    """Check the light colours, and in the dark ones only the rules about colour."""
    frame = frame or page
    page.emulate_media(color_scheme="light")
    frame.evaluate(AXE)
    found = frame.evaluate(RUN)
    page.emulate_media(color_scheme="dark")
    return found + [f"dark {each}" for each in frame.evaluate(RUN, COLOURS)]


def find_violations_on(page, urls):
    """Return {url: violations} for the pages that have any."""
    found = {}
    for url in urls:
        page.goto(url)
        if wrong := find_violations(page):
            found[url] = wrong
    return found


def only_pages(urls, membership=None):
    """Yield the URLs that answer with a page. They are requested without a browser."""
    client = Client()
    if membership:
        client.force_login(membership.user)
    for url in urls:
        answer = client.get(url, headers={"Accept": "text/html"})
        is_page = answer.status_code == 200 and not answer.streaming
        if is_page and b"<html" in answer.content[:2000]:
            yield url


def test_no_page_of_a_workspace_has_a_violation(acme, stack, conversation, sign_in):
    page = sign_in(acme.alice).new_page()
    known = [url for _route, url in addresses(acme, conversation)]
    urls = [f"{stack.app}{url}" for url in only_pages(known, acme.alice)]
    assert len(urls) > 25
    assert find_violations_on(page, urls) == {}


def test_no_page_of_an_account_has_a_violation(acme, stack, sign_in, open_context):
    fixed = [f"/{path}" for path, _route in other_routes() if not path.startswith(NOT_OURS)]
    fixed = [path for path in fixed if "<" not in path]
    signed_in = [f"{stack.app}{url}" for url in only_pages(fixed, acme.bob)]
    signed_out = [f"{stack.app}{url}" for url in only_pages(fixed)]
    assert len(signed_in) > 3
    assert len(signed_out) > 3
    assert find_violations_on(sign_in(acme.bob).new_page(), signed_in) == {}
    assert find_violations_on(open_context().new_page(), signed_out) == {}


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_the_opened_chat_has_no_violation(acme, on_website, conversation, size):
    vera = on_website(**size).open()
    vera.writes("Hello?")
    assert find_violations(vera.page, vera.inner_frame()) == []
