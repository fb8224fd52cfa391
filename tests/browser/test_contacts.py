"""Merging contacts in the browser."""

from playwright.sync_api import expect

from inbox.actions.contact import edit_contact
from inbox.models import Contact, Conversation


def test_two_contacts_are_merged_after_a_preview(
    acme, agents_away, on_website, new_vera, at_desk, console
):
    console.expect("401")  # the visitors' streams are closed
    vera = on_website().open()
    vera.writes("Do you deliver?")
    new_vera().writes("It's me again")
    older, newer = Conversation.objects.filter(workspace=acme.workspace).order_by("number")
    edit_contact(older.contact, name="Vera Ito", email="vera@ito.example", by=acme.bob)
    edit_contact(newer.contact, company="Ito & Co", by=acme.bob)
    bob = at_desk(acme.bob, newer, view="all")
    page = at_desk(acme.bea).page
    page.goto(f"{bob.workspace}/contacts/{newer.contact_id}/")
    page.get_by_role("link", name="Merge").click()
    page.get_by_label("Name, email, phone or company").fill("ITO")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Vera Ito").click()
    expect(page.get_by_role("listitem").filter(has_text="is resolved")).to_contain_text("#1")
    page.get_by_role("link", name="Vera Ito", exact=True).click()
    row = page.get_by_role("row", name="Company")
    expect(row.get_by_role("cell").first).to_have_text("Ito & Co")
    page.get_by_role("button", name="Merge contacts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vera Ito")
    expect(page.get_by_label("Company")).to_have_value("Ito & Co")
    expect(bob.page.locator("#conversation-title")).to_have_text("Vera Ito")
    assert Contact.objects.filter(workspace=acme.workspace).count() == 1
    # Their browser shows the newer conversation, and goes on in it.
    expect(vera.entries.filter(has_text="It's me again")).to_have_count(1, timeout=15_000)
    expect(vera.entries.filter(has_text="Do you deliver?")).to_have_count(0)
    vera.writes("And me")
    bob.sees("And me")
