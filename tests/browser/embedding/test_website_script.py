"""What the chat does to the website's page while it is hidden, under the strictest policy."""

from uuid import uuid4

from playwright.sync_api import expect

from inbox.actions.message import post_reply
from inbox.models import Conversation
from tests.browser.test_unread import HIDE, hide

POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; script-src {app}; '
    "frame-src {app}; img-src data:; require-trusted-types-for 'script'\">"
)
HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'


def test_a_strict_policy_allows_the_title_to_tell_of_replies(
    stack, acme, agents_away, embeds, site
):
    context = embeds()
    context.add_init_script(HIDE)
    page = HEAD + POLICY.format(app=stack.app) + "<title>A shop</title><h1>A shop</h1>" + site.line
    vera = site.visit(context, page).open()
    vera.page.emulate_media(reduced_motion="no-preference")
    vera.writes("Are you there?")
    hide(vera)
    conversation = Conversation.objects.select_related("workspace").get(inbox=acme.inbox)
    post_reply(conversation, body="One", client_id=uuid4(), by=acme.bob)
    expect(vera.page).to_have_title("New messages: 1")
    hide(vera, False)
    expect(vera.page).to_have_title("A shop")
    vera.sees("One")
