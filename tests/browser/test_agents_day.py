"""What an agent does every day, at a desktop's and a phone's width."""

import pytest
from playwright.sync_api import expect

from inbox.actions.canned_reply import save_canned_reply
from inbox.models import Message, SavedView
from tests.browser.people import PHONE
from tests.browser.test_files import as_file, picture

SIZES = pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])


@SIZES
def test_an_answer_with_a_canned_reply_and_a_file(
    acme, agents_away, at_desk, new_conversation, size
):
    save_canned_reply(
        acme.workspace,
        shortcut="label",
        name="Return label",
        body="Hi {{contact.first_name|there}}, here is the **label**.",
        is_for_all_inboxes=True,
        inboxes=[],
        by=acme.alice,
    )
    conversation = new_conversation("How do I return it?", assignee=acme.bob)
    bob = at_desk(acme.bob, conversation, **size)
    bob.page.get_by_role("button", name="Canned replies").first.click()
    bob.page.get_by_role("option", name="Return label").click()
    expect(bob.field).to_have_value("Hi there, here is the **label**.")
    with bob.page.expect_file_chooser() as chooser:
        bob.page.get_by_role("button", name="Attach files").click()
    chooser.value.set_files([as_file("label.png", picture()), as_file("terms.pdf", b"%PDF-1.7")])
    expect(bob.page.locator(".attached .thumb img")).to_be_visible()
    bob.page.get_by_role("button", name="Send", exact=True).click()
    entry = bob.entries.filter(has_text="here is the label")
    expect(entry.locator("strong")).to_have_text("label")
    expect(entry.locator(".file")).to_contain_text("terms.pdf")
    expect(entry.get_by_role("link", name="label.png")).to_be_visible()
    expect(bob.field).to_have_value("")
    [reply] = Message.objects.filter(conversation=conversation, kind="reply")
    assert [file["name"] for file in reply.files] == ["label.png", "terms.pdf"]


@SIZES
def test_a_view_is_saved_shared_and_opened_by_a_colleague(
    acme, agents_away, at_desk, new_conversation, size
):
    new_conversation("For Bea", assignee=acme.bea)
    new_conversation("For Bob", assignee=acme.bob)
    alice = at_desk(acme.alice, view="all", **size)
    expect(alice.rows).to_have_count(2)
    alice.page.get_by_role("button", name="Filter and sort").click()
    form = alice.page.locator("#filter-form")
    form.get_by_label("Assigned Agent").select_option(label="Bea")
    form.get_by_role("button", name="Show").click()
    expect(alice.rows).to_have_count(1)
    expect(alice.rows).to_contain_text("For Bea")
    alice.page.get_by_role("link", name="Save view").click()
    alice.page.get_by_label("Name").fill("Beas day")
    alice.page.get_by_label("Share with everyone").check()
    alice.page.get_by_role("button", name="Save", exact=True).click()
    expect(alice.page.locator("#list-title, .views-button:visible").last).to_contain_text(
        "Beas day"
    )
    assert SavedView.objects.get(workspace=acme.workspace).is_shared

    bob = at_desk(acme.bob, view="all", **size)
    expect(bob.rows).to_have_count(2)
    if size:
        bob.page.get_by_title("Choose a view").click()
    bob.page.get_by_role("link", name="Beas day").click()
    expect(bob.rows).to_have_count(1)
    expect(bob.rows).to_contain_text("For Bea")
    new_conversation("Another for Bea", assignee=acme.bea)
    expect(bob.rows).to_have_count(2)


@SIZES
def test_a_note_hands_a_conversation_over(acme, agents_away, at_desk, new_conversation, size):
    conversation = new_conversation("Do you ship to Norway?", assignee=acme.bob)
    bob = at_desk(acme.bob, conversation, **size)
    bob.page.get_by_role("tab", name="Note").click()
    note = bob.page.get_by_role("textbox", name="Private note")
    note.press_sequentially("@be")
    bob.page.locator("#mention-options").get_by_role("option", name="Bea").click()
    note.press_sequentially("please take over")
    bob.page.get_by_role("button", name="Add note").click()
    bob.sees("@Bea please take over")
    if size:
        bob.page.get_by_role("button", name="Details").click()
    bob.assigns_to("Bea")
    bob.sees("Bob assigned this conversation to Bea.")
    bea = at_desk(acme.bea, **size)
    expect(bea.page.locator('[data-count="notifications"]')).to_have_text("2")
    bea.page.get_by_role("button", name="Notifications").click()
    bea.page.locator("#notifications").get_by_role("link", name="Bob mentioned you").click()
    bea.sees("@Bea please take over")
    expect(bea.page.locator(".entry .mention")).to_have_text("@Bea")
