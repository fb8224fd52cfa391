"""Merging, labelling, importing and exporting contacts in the browser."""

import csv
import io

import pytest
from playwright.sync_api import expect

from inbox.actions.contact import edit_contact
from inbox.models import Contact, Conversation
from teams.access import Permission
from tests.browser.people import PHONE
from tests.browser.test_axe import find_violations
from tests.inbox.test_contacts import set_permissions


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


FILE = """\
Name;E-Mail;Phone;Tags\r
Zoë Müller;zoe@x.example;+49 170 1234567;VIP\r
Bob Bauer;nonsense;;\r
Cara Cole;cara@x.example;call me;\r
Ann Adler;ZOE@x.example;;"VIP, Trial"\r
"""
CORRECTED = (
    FILE.replace("nonsense", "bob@x.example").replace("call me", "12345").replace("ZOE@", "ann@")
)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_contacts_are_imported_once_three_bad_rows_are_corrected(acme, stack, sign_in, options):
    page = sign_in(acme.alice, **options).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/contacts/")
    page.get_by_role("link", name="Import").click()

    def upload(text):
        file = {"name": "Kunden.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
        page.get_by_label("CSV file").set_input_files(file)
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What does each column contain?")
        expect(page.get_by_label("E-Mail")).to_have_value("email")
        assert find_violations(page) == []
        page.get_by_role("button", name="Check all rows").click()

    upload(FILE)
    expect(page.get_by_role("status").filter(has_text="3 rows can't be imported")).to_be_visible()
    lines = page.locator("tbody th")
    expect(lines).to_have_text(["Line 3", "Line 4", "Line 5"])
    expect(page.get_by_text("This isn't a phone number.")).to_be_visible()
    assert find_violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download report").click()
    assert "Line" in download.value.path().read_text("utf-8-sig")
    assert not Contact.objects.filter(workspace=acme.workspace).exists()
    width = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(width)
    page.get_by_role("link", name="Upload the corrected file").click()
    upload(CORRECTED)
    expect(page.get_by_text("4 new contacts")).to_be_visible()
    page.get_by_role("button", name="Import 4 rows").click()
    expect(page.get_by_text("The import is finished")).to_be_visible()
    page.get_by_role("link", name="Show contacts").click()
    expect(page.get_by_role("link", name="Zoë Müller")).to_be_visible()
    page.get_by_label("Name, email, phone or company").fill("170 12")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert find_violations(page) == []
    text = download.value.path().read_text("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["Name"], row["Phone"], row["Labels"]) == (
        *("Zoë Müller", "'+49 170 1234567", "VIP"),
    )


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_the_selected_contacts_get_a_label_and_an_owner(acme, stack, sign_in, options):
    names = [f"Contact {number}" for number in range(4)]
    Contact.objects.bulk_create(Contact(workspace=acme.workspace, name=name) for name in names)
    page = sign_in(acme.bob, **options).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/contacts/")
    bar = page.get_by_role("group", name="Selected contacts")
    expect(bar).to_be_hidden()
    for name in ("Contact 1", "Contact 2"):
        page.get_by_label(f"Select {name}").check()
    expect(bar.get_by_role("status")).to_have_text("2 selected")
    assert find_violations(page) == []
    bar.get_by_label("Label").fill("VIP")
    bar.get_by_label("Label").press("Enter")
    expect(page.locator("#toast")).to_have_text("2 contacts changed.")
    expect(page.locator("tbody .chip.label")).to_have_text(["VIP", "VIP"])
    page.get_by_label("Select Contact 1").check()
    head, own = page.locator("thead [data-all]"), bar.get_by_label("All on this page")
    (own if options else head).check()
    expect(bar.get_by_role("status")).to_have_text("4 selected")
    bar.get_by_label("Owner").select_option("Bea")
    bar.get_by_role("button", name="Set owner").click()
    expect(page.locator("#toast")).to_have_text("4 contacts changed.")
    assert Contact.objects.filter(owner=acme.bea).count() == 4


def test_long_labels_of_what_can_be_done_fit_on_a_phone(acme, stack, sign_in):
    acme.workspace.language = "fr"
    acme.workspace.save()
    Contact.objects.create(workspace=acme.workspace, name="Ann")
    page = sign_in(acme.bob, **PHONE).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/contacts/")
    page.locator("tbody [type=checkbox]").check()
    expect(page.locator(".selection [role=status]")).to_have_text("1 sélectionné")
    for button in page.locator(".selection .button").all():
        box = button.bounding_box()
        assert box["x"] + box["width"] <= 390, button.inner_text()


def test_a_member_who_may_not_edit_contacts_can_not_select_them(acme, stack, sign_in):
    """The console fixture fails for an error in the page's scripts."""
    set_permissions(acme, acme.bob, Permission.ANSWER, Permission.SEE_ALL)
    Contact.objects.create(workspace=acme.workspace, name="Contact 1")
    page = sign_in(acme.bob).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/contacts/")
    expect(page.get_by_role("link", name="Contact 1")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(0)
