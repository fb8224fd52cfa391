"""An administrator hands over the conversations of a member who is ill, and undoes it."""

import pytest
from playwright.sync_api import expect

from inbox.models import Conversation
from tests.browser.people import PHONE
from tests.browser.test_board import is_within


def holders(*conversations):
    found = Conversation.objects.select_related("assignee__user").in_bulk(
        [each.pk for each in conversations]
    )
    return [found[each.pk].assignee for each in conversations]


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_an_administrator_hands_over_for_an_away_member_and_undoes_it(
    acme, at_desk, new_conversation, sign_in, options
):
    first, second = (new_conversation(text, assignee=acme.bob) for text in ("One", "Two"))
    bob = at_desk(acme.bob)
    page = sign_in(acme.alice, **options).new_page()
    page.goto(f"{bob.workspace}/team/members/{acme.bob.pk}/")
    page.get_by_role("button", name="Set away").click()
    expect(page.get_by_text("Bob is now away.")).to_be_visible()
    offer = page.get_by_text("Bob has 2 open conversations.")
    assert is_within(page)
    offer.get_by_role("link", name="Hand over").click()
    row = page.get_by_role("listitem").filter(has_text=f"#{first.number}")
    row.get_by_role("combobox").select_option(label="Bea")
    assert is_within(page)
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(bob.page.locator("#toast")).to_have_text(
        "Alice handed over one of your open conversations."
    )
    expect(bob.rows).to_have_count(1)
    undo = page.locator(".undo")
    expect(undo).to_contain_text("One of Bob's conversations handed over.")
    assert holders(first, second) == [acme.bea, acme.bob]
    undo.get_by_role("button", name="Undo").click()
    expect(page.locator(".undone")).to_contain_text("Undone: 1 of 1 conversations returned to Bob")
    assert holders(first, second) == [acme.bob, acme.bob]
