"""The form before a visitor's first message."""

import re

import pytest
from playwright.sync_api import expect

from inbox.models import Contact, Inbox, Message
from tests.browser.people import PHONE
from tests.browser.test_axe import find_violations
from tests.processes import until


@pytest.fixture
def asks(acme):
    Inbox.objects.filter(pk=acme.inbox.pk).update(
        prechat_fields={"name": False, "email": True},
        consent_text="I agree that my data is used to answer me.",
        consent_link_text="Privacy policy",
        consent_url="https://shop.example/privacy",
    )


def field(vera, name):
    return vera.frame.get_by_label(re.compile(f"^\\s*{name}"))


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_errors_are_at_their_fields_and_nothing_typed_is_lost(
    acme, asks, agents_away, open_context, on_website, options
):
    vera = on_website(open_context(**options)).open()
    field(vera, "Name").fill("Vera")
    vera.types("Do you deliver to Ghent?")
    expect(field(vera, "Email")).to_be_focused()
    expect(vera.frame.get_by_text("Enter your email address.")).to_be_visible()
    expect(vera.frame.get_by_text("Please agree before")).to_be_visible()
    expect(vera.field).to_have_value("Do you deliver to Ghent?")
    assert find_violations(vera.page, vera.inner_frame()) == []
    assert vera.inner_frame().evaluate("document.documentElement.scrollWidth <= innerWidth")

    vera.reload()
    expect(field(vera, "Name")).to_have_value("Vera")
    expect(vera.field).to_have_value("Do you deliver to Ghent?")
    field(vera, "Email").fill("vera@example.com")
    vera.frame.get_by_role("checkbox").check()
    vera.frame.get_by_role("button", name="Send").click()
    vera.sees("Do you deliver to Ghent?")
    expect(vera.frame.locator("#prechat-form")).to_have_count(0)
    contact = Contact.objects.get(workspace=acme.workspace)
    assert (contact.name, contact.email) == ("Vera", "vera@example.com")
    assert contact.consented_at

    vera.reload().writes("And to Bruges?")
    expect(vera.frame.locator("#prechat-form")).to_have_count(0)
    kept = vera.page.evaluate("Object.keys({ ...localStorage, ...sessionStorage })")
    assert kept == [f"messagehub_{acme.inbox.key}.live"]  # nothing of the form or the message


def test_by_keyboard_alone(acme, asks, agents_away, on_website):
    vera = on_website().open()
    expect(field(vera, "Email")).to_be_visible()
    for name, text in [("Name", "Vera"), ("Email", "vera@example.com")]:
        field(vera, name).focus()
        vera.page.keyboard.type(text)
        vera.page.keyboard.press("Enter")
    expect(vera.frame.get_by_role("checkbox")).to_be_focused()
    vera.page.keyboard.press("Space")
    vera.page.keyboard.press("Enter")
    expect(vera.field).to_be_focused()
    vera.page.keyboard.type("Hello")
    vera.page.keyboard.press("Enter")
    vera.sees("Hello")


def test_a_message_written_offline_is_sent_with_its_answers(
    acme, asks, agents_away, open_context, on_website, console
):
    console.expect("ERR_INTERNET_DISCONNECTED", "Failed to load")
    context = open_context()
    vera = on_website(context).open()
    field(vera, "Email").fill("vera@example.com")
    vera.frame.get_by_role("checkbox").check()
    context.set_offline(True)
    vera.types("From a train")
    expect(vera.pending).to_have_count(1)
    context.set_offline(False)
    vera.sees("From a train")
    said = Message.objects.filter(workspace=acme.workspace, kind="contact")
    until(lambda: said.count() == 1, what="the message being stored")
    assert Contact.objects.get(workspace=acme.workspace).email == "vera@example.com"
