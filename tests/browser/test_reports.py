"""Reports in the browser: from a figure to the conversations it was computed from."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from inbox.actions.message import post_reply
from inbox.models import Message
from messagehub.lib.ids import new_id
from reports.models import Fact, WeeklyReportSubscription
from reports.recording import rebuild
from tests.browser.held import Held
from tests.browser.people import PHONE
from tests.conftest import Vera


@pytest.fixture
def yesterday(acme):
    """Yesterday Bob answered a conversation after five minutes."""
    conversation = Vera(acme.inbox).writes().conversation
    post_reply(conversation, body="Certainly.", client_id=new_id(), by=acme.bob)
    entries = list(Message.objects.filter(conversation=conversation).order_by("seq"))
    start = entries[0].created_at - timedelta(days=1)
    for number, entry in enumerate(entries):
        moved = start + (timedelta(minutes=5) if number else timedelta())
        Message.objects.filter(pk=entry.pk).update(created_at=moved)
    rebuild(acme.workspace.conversations.all())
    assert Fact.objects.get(conversation=conversation, kind="first_reply").seconds == 300
    return conversation


@pytest.fixture
def at_reports(stack, acme, sign_in):
    def at_reports(membership, query="", **options):
        page = sign_in(membership, **options).new_page()
        page.goto(f"{stack.app}/w/{acme.workspace.slug}/reports/{query}")
        return page

    return at_reports


def test_from_the_overview_to_a_conversation(acme, yesterday, at_reports):
    page = at_reports(acme.alice)
    figure = page.locator("#figure-first_reply_median")
    expect(figure).to_have_text(re.compile("5 min"))
    # A filter applies at once and stays on the next page.
    period = page.get_by_label("Period", exact=True)
    default = period.input_value()
    period.select_option("today")
    expect(page).to_have_url(re.compile("period=today"))
    expect(page.locator("#figure-new")).to_have_text("0")
    tabs = page.get_by_role("navigation", name="Reports")
    for name in ("Agents", "Overview"):
        tabs.get_by_role("link", name=name).click()
        expect(tabs.locator("[aria-current]")).to_have_text(name)
        expect(period).to_have_value("today")
    period.select_option(default)
    expect(figure).to_have_text(re.compile("5 min"))

    page.locator("[popovertarget=card-first_reply_median]").click()
    expect(page.locator("#card-first_reply_median")).to_be_visible()
    page.keyboard.press("Escape")
    figure.get_by_role("link").click()
    expect(page.locator("#list-value")).to_have_text("5 min")
    rows = page.locator("#list-rows tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Bob")
    rows.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/conversations/{yesterday.number}/"))
    expect(page.locator(".timeline .entry").filter(has_text="Certainly.")).to_be_visible()


def test_a_filter_chosen_before_the_scripts_are_loaded_is_applied(acme, yesterday, at_reports):
    page = at_reports(acme.alice)
    held = Held(page, "**/reports/main.*")
    page.reload(wait_until="commit")
    held.wait()
    page.get_by_label("Period", exact=True).select_option("today")
    route, response = held.arrived.pop()
    with page.expect_navigation(url=re.compile("period=today")):
        route.fulfill(response=response)
    expect(page.locator("#figure-new")).to_have_text("0")
    page.go_back()
    expect(page.locator("#figure-new")).to_have_text("1")
    expect(page).not_to_have_url(re.compile("period=today"))


def test_subscribing_to_the_weekly_report(stack, acme, sign_in):
    page = sign_in(acme.alice).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/my/notifications/")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_text("You get last week's figures")).to_be_visible()
    assert WeeklyReportSubscription.objects.filter(membership=acme.alice).exists()
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_text("Get last week's figures")).to_be_visible()


def test_on_a_phone_nothing_is_wider_than_the_screen(acme, yesterday, at_reports):
    page = at_reports(acme.alice, **PHONE)
    for name in ("Overview", "Conversations", "Agents", "Routing", "Inboxes"):
        tab = page.get_by_role("navigation", name="Reports").get_by_role("link", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-current", "page")
        expect(page.locator(".report-skeleton")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
