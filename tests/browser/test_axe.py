"""axe-core finds no violation on any page, light and dark, at the desk and in the chat."""

from pathlib import Path

import pytest
from django.test import Client

from tests.browser.people import PHONE
from tests.conftest import goes_online
from tests.house.routes import addresses, other_routes

AXE = (Path(__file__).parents[1] / "vendor/axe-core/axe.min.js").read_text()
RUN = """
async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}
"""
NOT_OURS = ("anymail/", "demo/")  # the demo's shop is the website of a customer
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture
def conversation(acme, ask):
    """A decision's, so that every route has its row."""
    goes_online(acme.bob)
    return ask("Do you deliver?")


def violations(page):
    page.evaluate(AXE)
    return page.evaluate(RUN)


def on_pages(page, urls):
    """{url: its violations} of those that have any."""
    found = {}
    for url in urls:
        page.goto(url)
        if wrong := violations(page):
            found[url] = wrong
    return found


def pages(urls, membership=None):
    """Those that answer with a page, asked without a browser."""
    client = Client()
    if membership:
        client.force_login(membership.user)
    for url in urls:
        answer = client.get(url, headers={"Accept": "text/html"})
        is_page = answer.status_code == 200 and not answer.streaming
        if is_page and b"<html" in answer.content[:2000]:
            yield url


@SCHEMES
def test_no_page_of_a_workspace_has_a_violation(acme, stack, conversation, sign_in, scheme):
    page = sign_in(acme.alice, color_scheme=scheme).new_page()
    known = [url for _route, url in addresses(acme, conversation)]
    urls = [f"{stack.app}{url}" for url in pages(known, acme.alice)]
    assert len(urls) > 25
    assert on_pages(page, urls) == {}


@SCHEMES
def test_no_page_of_an_account_has_a_violation(acme, stack, sign_in, open_context, scheme):
    fixed = [f"/{path}" for path, _route in other_routes() if not path.startswith(NOT_OURS)]
    fixed = [path for path in fixed if "<" not in path]
    signed_in = [f"{stack.app}{url}" for url in pages(fixed, acme.bob)]
    signed_out = [f"{stack.app}{url}" for url in pages(fixed)]
    assert len(signed_in) > 3
    assert len(signed_out) > 3
    page = sign_in(acme.bob, color_scheme=scheme).new_page()
    assert on_pages(page, signed_in) == {}
    page = open_context(color_scheme=scheme).new_page()
    assert on_pages(page, signed_out) == {}


@SCHEMES
@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_the_opened_chat_has_no_violation(acme, on_website, conversation, scheme, size):
    vera = on_website(color_scheme=scheme, **size).open()
    vera.writes("Hello?")
    assert violations(vera.inside()) == []
