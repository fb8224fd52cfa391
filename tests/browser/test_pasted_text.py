"""Pasted text, in the chat and on the desk."""

from playwright.sync_api import expect

from inbox.models import Conversation, Message

CODE = "    if (x) {\n        return 1;\n    }"
ADDRESS = "https://shop.example.com/cart?sku=1&currency=EUR&region=eu"


def test_code_and_links_look_alike_in_the_chat_and_on_the_desk(on_website, at_desk, acme):
    vera = on_website().open()
    vera.types("\u200b\u3164")
    vera.types(f"\n\n{CODE}\n")
    vera.sees("return 1;")
    expect(vera.entries).to_have_count(1)
    assert vera.entries.locator(".bubble").inner_text() == CODE

    bob = at_desk(acme.bob, Conversation.objects.get(inbox=acme.inbox), view="all")
    assert bob.timeline.locator("[data-kind=contact] .body").inner_text() == CODE

    bob.replies(ADDRESS)
    for side in (bob.timeline, vera.frame.locator("#timeline")):
        link = side.get_by_role("link", name=ADDRESS)
        expect(link).to_be_visible()
        assert link.get_attribute("href") == ADDRESS


def test_a_reply_that_was_refused_shows_why_and_stays(at_desk, acme, new_conversation, console):
    console.expect("400 (Bad Request)")
    conversation = new_conversation("Hello?", acme.bob)
    bob = at_desk(acme.bob, conversation)
    field = bob.page.get_by_role("textbox", name="Reply")
    for typed, text in (
        ("\u200b\u3164", "Enter a message."),
        ("x" * 5001, "longer than 5000"),
    ):
        field.fill(typed)
        field.press("Enter")
        expect(bob.page.locator("#panel-reply .send-error")).to_contain_text(text)
        assert field.input_value() == typed
    assert not Message.objects.filter(conversation=conversation, kind="reply").exists()
