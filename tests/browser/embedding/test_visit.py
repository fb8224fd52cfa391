"""A visit in both browsers: the form before it, emoji, a file, the menu and the rating.

Both refuse third parties' cookies and storage, which the chat must not need for any of this.
"""

import pytest
from playwright.sync_api import expect

from inbox.actions.message import post_reply
from inbox.models import Conversation, Inbox
from messagehub.lib.ids import new_id

PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
    "<title>A shop</title><h1>A shop</h1>"
)


@pytest.mark.firefox("keyboard, emoji and files: each is handed to the frame differently")
def test_from_the_form_to_the_rating(acme, agents_away, embeds, site):
    Inbox.objects.filter(pk=acme.inbox.pk).update(prechat_fields={"name": True}, asks_rating=True)
    vera = site.visit(embeds(full_chromium=True), PAGE + site.line).open()
    press = vera.page.keyboard.press

    def button(name):
        return vera.frame.get_by_role("button", name=name)

    name = vera.frame.get_by_label("Name")
    vera.types("Hello")
    expect(name).to_be_focused()
    expect(vera.frame.get_by_text("This field is required.")).to_be_visible()
    name.fill("Vera")
    button("Send").click()
    vera.sees("Hello")

    button("Emoji").click()
    first = vera.frame.locator("#emoji-grid button").first
    expect(first).to_be_focused()
    press("ArrowRight")
    press("Enter")
    expect(vera.field).to_have_value("😃")
    button("Send").click()
    vera.sees("😃")

    file = {"name": "lamp.txt", "mimeType": "text/plain", "buffer": b"A lamp"}
    vera.frame.get_by_label("Attach files").set_input_files([file])
    expect(vera.frame.get_by_text("lamp.txt")).to_be_visible()
    vera.types("This one")
    vera.sees("This one")
    expect(vera.entries.last).to_contain_text("lamp.txt")

    conversation = Conversation.objects.select_related("workspace").get(inbox=acme.inbox)
    post_reply(conversation, body="**Nice**", client_id=new_id(), by=acme.bob)
    expect(vera.entries.last.locator("strong")).to_have_text("Nice")
    button("Options").click()
    button("End this conversation").click()
    vera.frame.get_by_text("Great", exact=True).click()
    vera.frame.get_by_label("Would you like to add something?").fill("Quick")
    button("Send rating").click()
    expect(vera.frame.get_by_text("Thank you for your rating.")).to_be_visible()
    conversation.refresh_from_db()
    assert (conversation.contact.name, conversation.rating) == ("Vera", 5)
