"""The requests and compressed bytes with which pages and the chat load for the first time."""

import gzip

import pytest
from playwright.sync_api import expect

from inbox.actions.page_greeting import save_page_greeting
from inbox.models import Conversation, Inbox, PageGreeting
from tests.browser.people import Agent


class Scales:
    """Records every response except the website's own pages."""

    def __init__(self, context, website=None):
        self.website = website and website.origin
        self.responses = []
        context.on("response", self.note)

    def note(self, response):
        if not (self.website and response.url.startswith(self.website)):
            self.responses.append(response)

    @property
    def addresses(self):
        return [response.url for response in self.responses]

    def count(self, part):
        return sum(part in address for address in self.addresses)

    def weigh(self):
        """Return the compressed bytes of everything but the stream, which has no end."""
        ended = [each for each in self.responses if not each.url.endswith("/live/")]
        bodies = [each.body() for each in ended if each.status == 200]
        return sum(len(gzip.compress(body, 9)) for body in bodies)

    def assert_within(self, requests, size, reloaded=""):
        """Reloaded: part of an address that may be requested once more, after a live update."""
        addresses = list(self.addresses)
        if reloaded and self.count(reloaded) == 2:
            addresses.remove(next(each for each in addresses if reloaded in each))
        assert len(addresses) <= requests, addresses
        assert self.weigh() <= size


def test_a_closed_chat_loads_one_small_script_and_stores_nothing(
    stack, acme, open_context, on_website
):
    context = open_context()
    scales = Scales(context, stack.website)
    vera = on_website(context)
    expect(vera.launcher).to_be_visible()
    vera.page.wait_for_load_state("networkidle")
    assert scales.addresses == [f"{stack.app}/widget/{acme.inbox.key}.js"]
    assert scales.weigh() > 1_000
    scales.assert_within(requests=1, size=4_000)
    assert context.cookies() == []
    assert vera.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_an_opened_chat_fits_into_its_budget(stack, open_context, on_website):
    context = open_context()
    scales = Scales(context, stack.website)
    vera = on_website(context).open()
    vera.page.wait_for_load_state("networkidle")
    assert len(scales.addresses) == 5  # loader, frame, style, script, history
    scales.assert_within(requests=5, size=16_500)


def test_with_greetings_and_a_form_an_opened_chat_fits_into_its_budget(
    stack, acme, open_context, on_website
):
    Inbox.objects.filter(pk=acme.inbox.pk).update(
        prechat_fields={"name": False, "email": True, "phone": False},
        consent_text="I agree that my data is used to answer my question.",
        consent_link_text="Privacy policy",
        consent_url="https://shop.example/privacy",
    )
    for number in range(PageGreeting.MAX_COUNT):
        save_page_greeting(
            acme.inbox,
            text=f"Do you have a question about page {number}? We are here to help you choose.",
            sender=acme.bob,
            pages=[f"/pages/{number}/*"],
            by=acme.alice,
        )
    context = open_context()
    scales = Scales(context, stack.website)
    vera = on_website(context)
    expect(vera.launcher).to_be_visible()
    vera.page.wait_for_load_state("networkidle")
    scales.assert_within(requests=1, size=4_000)
    scales.responses.clear()
    vera.open()
    expect(vera.frame.get_by_label("Email")).to_be_visible()  # it's the last that is loaded
    assert scales.count("/chat.js") == scales.count("/prechat.") == 1
    scales.assert_within(requests=6, size=18_000)


def test_the_desk_fits_into_its_budget(stack, acme, sign_in, new_vera, agents_away):
    for number in range(20):
        new_vera().writes(f"Question {number}?")
    context = sign_in(acme.bob, is_new=True)
    scales = Scales(context)
    bob = Agent(context.new_page(), f"{stack.app}/w/{acme.workspace.slug}")
    with bob.page.expect_response("**/viewing/"):  # the last that an idle page requests
        bob.goes_to(Conversation.objects.get(inbox=acme.inbox, number=1), view="all")
    assert scales.count("/live/") == 1
    assert scales.weigh() > 30_000
    scales.assert_within(requests=12, size=70_000, reloaded="/waiting/")


def test_pages_of_one_kind_load_the_same_scripts_and_styles(stack, acme, sign_in):
    context = sign_in(acme.alice, is_new=True)
    scales = Scales(context)
    page = context.new_page()
    workspace = f"{stack.app}/w/{acme.workspace.slug}"
    page.goto(f"{workspace}/inboxes/{acme.inbox.pk}/routing/")
    page.wait_for_load_state("load")
    assert scales.count("/static/") >= 3  # style, script, icons
    scales.assert_within(requests=12, size=60_000)
    shared = {each.partition("?")[0] for each in scales.addresses if "/static/" in each}
    scales.responses.clear()
    for path in ("team/members/", "settings/general/", "contacts/"):
        page.goto(f"{workspace}/{path}")
        page.wait_for_load_state("load")
    assert {each for each in scales.addresses if "/static/" in each} <= shared


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/"])
def test_pages_outside_a_workspace_fit_into_their_budget(stack, open_context, path):
    context = open_context()
    scales = Scales(context)
    page = context.new_page()
    page.goto(stack.app + path)
    page.wait_for_load_state("load")
    assert scales.count("/static/") >= 3
    scales.assert_within(requests=6, size=15_000)
