"""An agent answers with a canned reply, formatting and an emoji; the visitor sees the result."""

from playwright.sync_api import expect

from inbox.actions.canned_reply import save_canned_reply
from inbox.models import Contact, Message
from tests.browser.people import PHONE

BODY = "Hi {{contact.first_name|there}},\nwe write to {{contact.email}}."


def make_canned_replies(acme):
    for shortcut, name, body in (("refund", "Refund", BODY), ("bye", "Goodbye", "Bye!")):
        save_canned_reply(
            acme.workspace,
            shortcut=shortcut,
            name=name,
            body=body,
            is_for_all_inboxes=True,
            inboxes=[],
            by=acme.alice,
        )


def test_a_canned_reply_is_found_filled_formatted_and_seen(acme, agents_away, at_desk, on_website):
    make_canned_replies(acme)
    vera = on_website().open()
    vera.writes("Where is my **money**?")
    Contact.objects.filter(workspace=acme.workspace).update(name="Vera Ohm")
    conversation = acme.workspace.conversations.get()
    bob = at_desk(acme.bob, conversation, view="all")
    page, field = bob.page, bob.field
    expect(bob.entries.locator("strong")).to_have_count(0)

    field.focus()
    field.press_sequentially("/")
    options = page.get_by_role("listbox", name="Canned replies").get_by_role("option")
    expect(options.locator("b")).to_have_text(["Goodbye", "Refund"])
    field.press_sequentially("ref")
    page.keyboard.press("Enter")  # quicker than the server
    expect(field).to_have_value("Hi Vera,\nwe write to {{contact.email}}.")
    expect(options).to_have_count(0)
    # The variable without a value is selected, and blocks sending.
    assert page.evaluate("getSelection().toString()") == "{{contact.email}}"
    notice = page.locator(".unfilled:visible")
    expect(notice).to_contain_text("Fill in {{contact.email}} before you send.")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert page.evaluate("getSelection().toString()") == "{{contact.email}}"
    page.keyboard.type("v_e@x.example")
    expect(notice).to_have_count(0)

    page.keyboard.press("Shift+Home")
    page.get_by_role("button", name="Formatting").first.click()
    page.get_by_role("button", name="Bold").click()
    expect(field).to_have_value("Hi Vera,\n**we write to v_e@x.example**.")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("Hi Vera,\nwe write to v_e@x.example.")
    page.keyboard.press("Control+b")
    expect(field).to_have_value("Hi Vera,\n**we write to v_e@x.example**.")
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Emoji").click()
    expect(page.get_by_role("searchbox", name="Search emoji in English")).to_be_focused()
    page.keyboard.type("party pop")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("Hi Vera,\n**we write to v_e@x.example**.🎉")
    page.keyboard.press("Enter")
    for entries in (bob.entries, vera.entries):
        expect(entries.locator("strong")).to_have_text("we write to v_e@x.example")
        expect(entries.locator("strong")).to_have_css("font-weight", "700")
    assert Message.objects.filter(conversation=conversation, kind="reply").count() == 1


def test_the_tools_work_with_a_finger(acme, agents_away, at_desk, new_conversation):
    make_canned_replies(acme)
    conversation = new_conversation("Hello?", assignee=acme.bob)
    bob = at_desk(acme.bob, conversation, **PHONE)
    page, field = bob.page, bob.field
    field.fill("Well,")
    page.get_by_role("button", name="Canned replies").tap()
    options = page.get_by_role("listbox", name="Canned replies").get_by_role("option")
    expect(field).to_have_value("Well, /")
    options.filter(has_text="Goodbye").tap()
    expect(field).to_have_value("Well, Bye!")
    page.get_by_role("button", name="Canned replies").tap()
    expect(options).to_have_count(2)
    page.keyboard.press("Escape")
    expect(field).to_have_value("Well, Bye! ")
    page.get_by_role("button", name="Emoji").tap()
    page.get_by_role("button", name="waving hand hello").tap()
    expect(field).to_have_value("Well, Bye! 👋")
