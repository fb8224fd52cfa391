"""The compressed size of everything that the chat and the desk load."""

import gzip

from playwright.sync_api import expect

from inbox.models import Conversation
from messagehub.lib.static import OWN_SOURCE, strip_source
from tests.browser.people import Agent

LOADER, OPENED, DESK = 4_000, 16_000, 60_000  # bytes


class Scales:
    """Records every response except the website's own pages."""

    def __init__(self, context, website=None):
        self.website = website and website.origin
        self.responses = []
        context.on("response", self.note)

    def note(self, response):
        is_stream = response.url.endswith("/live/")
        if not is_stream and not (self.website and response.url.startswith(self.website)):
            self.responses.append(response)

    @property
    def addresses(self):
        return [response.url for response in self.responses]

    def weigh(self):
        """Return the bytes that production sends: its scripts and styles have no comments."""
        bodies = [served(each) for each in self.responses if each.status == 200]
        return sum(len(gzip.compress(body, 9)) for body in bodies)


def served(response):
    _, _, name = response.url.partition("/static/")
    if not OWN_SOURCE.match(name):
        return response.body()
    return strip_source(response.text(), name).encode()


def test_a_closed_chat_loads_one_small_script_and_stores_nothing(
    stack, acme, open_context, on_website
):
    context = open_context(embeds=True)
    scales = Scales(context, stack.website)
    vera = on_website(context)
    expect(vera.launcher).to_be_visible()
    vera.page.wait_for_load_state("networkidle")
    assert scales.addresses == [f"{stack.app}/widget/{acme.inbox.key}.js"]
    assert 1_000 < scales.weigh() <= LOADER
    assert context.cookies() == []
    assert vera.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_an_opened_chat_fits_into_its_budget(stack, open_context, on_website):
    context = open_context(embeds=True)
    scales = Scales(context, stack.website)
    vera = on_website(context).open()
    vera.page.wait_for_load_state("networkidle")
    assert len(scales.addresses) >= 6  # loader, frame, style, scripts, history
    assert scales.weigh() <= OPENED


def test_the_desk_fits_into_its_budget(stack, acme, sign_in, new_vera, agents_away):
    for number in range(20):
        new_vera().writes(f"Question {number}?")
    context = sign_in(acme.bob, is_new=True)
    scales = Scales(context)
    bob = Agent(context.new_page(), f"{stack.app}/w/{acme.workspace.slug}")
    bob.goes_to(Conversation.objects.get(inbox=acme.inbox, number=1), view="all")
    bob.page.wait_for_timeout(1_500)  # what is requested after the first heartbeat
    assert any("htmx" in address for address in scales.addresses)
    assert scales.weigh() <= DESK
