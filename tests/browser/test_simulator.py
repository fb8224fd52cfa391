"""The simulator by mouse, by keyboard and on a phone."""

import pytest
from playwright.sync_api import expect

from routing.models import Routing, Target
from teams.actions.availability import record_heartbeat
from tests.browser.people import PHONE
from tests.browser.test_board import TAB, is_within

BOTH_ELSEWHERE = "2 of 2 conversations would have gone to a different agent."


@pytest.fixture
def at_simulator(stack, acme, sign_in):
    def at_simulator(**options):
        page = sign_in(acme.alice, **options).new_page()
        page.goto(f"{stack.app}/w/{acme.workspace.slug}/routing/simulator/")
        return page

    return at_simulator


@pytest.fixture
def two_chats(acme, new_vera):
    """Create two conversations that went to Bob, the only agent online."""
    routing = Routing.objects.of(acme.inbox)
    routing.leads = "assign"
    routing.save()
    record_heartbeat(acme.bob, tab=TAB)
    for text in ("One", "Two"):
        assert new_vera().writes(text).conversation.assignee == acme.bob


def share_of(page, name):
    row = page.locator(".shares tbody tr").filter(has=page.get_by_role("rowheader", name=name))
    return [int(text) for text in row.locator("b").all_inner_texts()]


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_other_agents_are_tried_on_past_conversations(acme, two_chats, at_simulator, options):
    page = at_simulator(**options)
    expect(page.get_by_text("2 conversations replayed")).to_be_visible()
    assert share_of(page, "Bob") == [2, 2]
    picker = page.get_by_role("combobox", name="Users and teams")
    picker.fill("bea")
    picker.press("Enter")
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text(BOTH_ELSEWHERE)).to_be_visible()
    assert (share_of(page, "Bob"), share_of(page, "Bea")) == ([2, 2, 0], [0, 0, 2])
    expect(page.locator(".changes tbody tr")).to_have_count(2)
    expect(page.locator("target-picker .box > ul > li")).to_contain_text(["Bea"])
    assert is_within(page)
    page.reload()
    expect(page.get_by_text(BOTH_ELSEWHERE)).to_be_visible()
    page.get_by_role("link", name="Current settings").click()
    expect(page.get_by_text("2 conversations replayed")).to_be_visible()


def test_a_copy_is_used_with_one_click_and_saved_with_another(acme, two_chats, at_simulator):
    page = at_simulator()
    picker = page.get_by_role("combobox", name="Users and teams")
    picker.fill("bea")
    picker.press("Enter")
    page.get_by_role("button", name="Replay").click()
    page.get_by_role("link", name="Use these settings").click()
    expect(page.get_by_text("Filled in from the simulator")).to_be_visible()
    expect(page.locator("target-picker .box > ul > li")).to_contain_text(["Bea"])
    expect(page.locator("live-panel")).to_contain_text("With unsaved settings")
    assert not Target.objects.filter(inbox=acme.inbox).exists()
    assert is_within(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text("Filled in from the simulator")).to_have_count(0)
    assert Target.objects.get(inbox=acme.inbox).membership == acme.bea


def test_a_slip_is_said_at_its_field_and_the_rest_stays(acme, two_chats, at_simulator, console):
    console.expect("400 (Bad Request)")
    page = at_simulator()
    page.get_by_label("Fewest open conversations first").check()
    minutes = page.get_by_role("textbox", name="Reassign if not answered within")
    minutes.fill("9999")
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_text("Not replayed")).to_be_visible()
    expect(minutes).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Fewest open conversations first")).to_be_checked()
    minutes.fill("5")
    page.get_by_role("button", name="Replay").click()
    expect(page.get_by_role("columnheader", name="Trial settings").first).to_be_visible()
