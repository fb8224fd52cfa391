"""The settings of an inbox by mouse, by keyboard and on a phone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from inbox.actions.inbox import set_opening_hours
from inbox.models import Inbox
from routing.models import Routing
from teams.actions.availability import record_heartbeat, set_available, set_away
from teams.actions.membership import add_member
from teams.actions.team import save_team
from tests.browser.people import PHONE
from tests.conftest import make_user

OWNER = "If a visitor is owned, route their incoming chats to the contact owner"
TAB = "tab-of-a-test"


class Settings:
    """A member at the settings of an inbox."""

    def __init__(self, page, inbox):
        self.page = page
        self.inbox = inbox
        self.main = page.get_by_role("main")
        self.picker = page.get_by_role("combobox", name="Users and teams")
        self.found = page.get_by_role("listbox", name="Users and teams").get_by_role("option")
        self.chips = page.locator("target-picker .box > ul > li")
        self.panel = page.get_by_role("region", name="Who would get a chat now?")
        self.order = self.panel.locator(".order > li .name b")

    def tab(self, name):
        self.main.get_by_role("link", name=name, exact=True).click()
        expect(self.main.locator(".inbox-tabs [aria-current]")).to_have_text(name)
        return self

    def saves(self):
        self.main.get_by_role("button", name="Save", exact=True).click()
        expect(self.main.get_by_role("status").filter(has_text="Saved.")).to_be_visible()

    def expect_live(self):
        expect(self.page.locator('live-panel[data-connection="live"]')).to_be_attached()
        return self

    def sees_order(self, *names):
        expect(self.order).to_have_text(names)


@pytest.fixture
def sales(acme):
    return save_team(acme.workspace, name="Sales", members=[acme.bea], by=acme.alice)


@pytest.fixture
def at_settings(stack, acme, sign_in):
    """Open a tab of the settings as Alice: at_settings("routing")."""

    def at_settings(tab, **options):
        page = sign_in(acme.alice, **options).new_page()
        page.goto(f"{stack.app}/w/{acme.workspace.slug}/inboxes/{acme.inbox.pk}/{tab}/")
        settings = Settings(page, acme.inbox)
        return settings.expect_live() if tab == "routing" else settings

    return at_settings


def targets(acme):
    return {str(each.membership or each.team) for each in acme.inbox.targets.all()}


def set_online(*people):
    for person in people:
        record_heartbeat(person, tab=TAB)


def test_from_the_gear_to_routing_by_mouse(acme, sales, at_desk):
    set_online(acme.bob, acme.bea)
    alice = at_desk(acme.alice, view="all")
    alice.page.get_by_role("link", name="Manage inboxes").click()
    line = alice.page.get_by_role("listitem").filter(has_text=acme.inbox.name)
    edit = line.get_by_role("link", name="Edit")
    calm = edit.evaluate("each => getComputedStyle(each).backgroundColor")
    line.hover()
    expect(edit).not_to_have_css("background-color", calm)
    edit.click()
    at = Settings(alice.page, acme.inbox).tab("Routing").expect_live()

    at.picker.click()
    expect(at.found).to_have_text([re.compile(each) for each in ("Sales", "Alice", "Bea", "Bob")])
    at.found.filter(has_text="Sales").click()
    at.found.filter(has_text="Bob").click()
    expect(at.chips).to_have_text([re.compile("Sales"), re.compile("Bob")])
    expect(at.found).to_have_text([re.compile("Alice"), re.compile("Bea")])
    at.page.get_by_role("heading", name="Email leads").click()
    expect(at.found).to_have_count(0)
    at.page.get_by_role("button", name="Remove Bob").click()
    expect(at.chips).to_have_text([re.compile("Sales")])
    at.sees_order("Bea")
    at.saves()
    assert targets(acme) == {"Sales"}


def test_the_gear_leads_to_the_settings_of_the_chosen_inbox(acme, at_desk):
    alice = at_desk(acme.alice, view="all")
    alice.page.locator("#views").get_by_role("link", name=acme.inbox.name).click()
    alice.page.get_by_role("link", name="Inbox settings").click()
    expect(alice.page.get_by_role("heading", level=1)).to_have_text(acme.inbox.name)
    expect(alice.page.locator(".inbox-tabs [aria-current]")).to_have_text("Appearance")


def test_users_and_teams_are_picked_by_keyboard_and_stay_after_saving(acme, sales, at_settings):
    at = at_settings("routing")
    at.picker.focus()
    at.page.keyboard.type("BOB")
    expect(at.found).to_have_count(1)
    at.page.keyboard.press("Enter")
    expect(at.chips).to_have_text([re.compile("Bob")])
    at.page.keyboard.press("ArrowDown")
    expect(at.found.first).to_have_attribute("aria-selected", "true")
    expect(at.picker).to_have_attribute("aria-activedescendant", f"option-team-{sales.pk}")
    at.page.keyboard.press("Enter")
    expect(at.chips).to_have_count(2)
    at.page.keyboard.press("Backspace")
    expect(at.chips).to_have_count(1)
    at.page.keyboard.type("sal")
    at.page.keyboard.press("Enter")
    at.page.keyboard.press("Escape")
    expect(at.picker).to_have_attribute("aria-expanded", "false")
    at.page.keyboard.type("no such name")
    expect(at.page.get_by_text("No users or teams match this name.")).to_be_visible()
    at.page.keyboard.press("Escape")
    at.saves()
    assert targets(acme) == {"Bob", "Sales"}
    at.page.reload()
    expect(at.chips).to_have_text([re.compile("Sales"), re.compile("Bob")])


def test_the_panel_follows_who_is_available_and_assignments(acme, new_vera, at_settings):
    set_online(acme.bob)
    at = at_settings("routing")
    expect(at.panel).to_contain_text("Bob would get it.")
    at.sees_order("Bob", "Bea")
    set_online(acme.bea)
    expect(at.panel).to_contain_text("next of 2 available")
    set_away(acme.bob)
    expect(at.panel).to_contain_text("Bea would get it.")
    expect(at.panel.locator("li").filter(has_text="Bob")).to_contain_text("Away since")
    set_available(acme.bob)
    expect(at.panel).to_contain_text("next of 2 available")
    expect(at.panel).to_contain_text("Bob would get it.")
    new_vera().writes()
    expect(at.panel).to_contain_text("Bea would get it.")


def test_two_administrators_do_not_overwrite_each_other_unseen(acme, at_settings, console):
    console.expect("400")
    mine, theirs = at_settings("routing"), at_settings("routing")
    theirs.page.get_by_label("Reassign if not answered within").fill("7")
    theirs.saves()
    mine.page.get_by_label("Reassign if not answered within").fill("9")
    mine.main.get_by_role("button", name="Save", exact=True).click()
    expect(mine.page.get_by_text("after you opened the page")).to_be_visible()
    assert Routing.objects.get(inbox=acme.inbox).answer_minutes == 7
    expect(mine.page.get_by_label("Reassign if not answered within")).to_have_value("9")
    mine.saves()
    assert Routing.objects.get(inbox=acme.inbox).answer_minutes == 9


def test_the_panel_previews_unsaved_settings_and_says_that_it_may_be_old(
    acme, sales, new_vera, at_settings, console
):
    console.expect("Failed to load resource", "Failed to fetch")
    set_online(acme.bob)
    new_vera().writes()
    set_online(acme.bea)
    at = at_settings("routing")
    tried = at.panel.get_by_text("With unsaved settings")
    expect(tried).to_have_count(0)
    at.page.get_by_label("Fewest open conversations first").check()
    expect(tried).to_be_visible()
    expect(at.panel.locator("li").filter(has_text="Bob")).to_contain_text("1 open")
    old = at.page.get_by_text("This may be out of date")
    expect(old).to_be_hidden()
    at.page.route("**/candidates/**", lambda route: route.abort())
    at.page.get_by_label("Fewest open conversations first").uncheck()
    expect(old).to_be_visible()
    at.page.unroute("**/candidates/**")
    at.page.get_by_label("Fewest open conversations first").check()
    expect(old).to_be_hidden()
    at.page.get_by_label("Fewest open conversations first").uncheck()
    expect(tried).to_have_count(0)
    at.page.get_by_label(OWNER, exact=True).check()
    expect(at.panel).to_contain_text("go to their owner first")
    minutes = at.page.get_by_label("Reassign if not answered within")
    minutes.fill("0")
    expect(at.panel).to_contain_text("the form has errors")
    minutes.fill("5")
    expect(tried).to_be_visible()
    assert not Routing.objects.get(inbox=acme.inbox).to_owner
    at.saves()
    expect(tried).to_have_count(0)
    assert Routing.objects.get(inbox=acme.inbox).to_owner


def test_every_routing_option_is_saved_and_the_owners_minutes_show_with_the_owners_route(
    acme, at_settings, console
):
    console.expect("status of 400")
    at = at_settings("routing")
    boxes = [
        "Fewest open conversations first",
        OWNER,
        "Reopened conversations go back to the previous agent",
    ]
    minutes = at.page.get_by_label("Reassign if the owner doesn't answer within")
    expect(minutes).to_be_hidden()
    for label in boxes:
        at.page.get_by_label(label, exact=label == OWNER).check()
    expect(minutes).to_be_visible()
    at.page.get_by_label("Assign it to the next agent in rotation").check()
    at.page.get_by_label("Reassign if not answered within").fill("5")
    minutes.fill("3000")
    at.main.get_by_role("button", name="Save", exact=True).click()
    expect(at.main.get_by_role("alert")).to_contain_text("Nothing is saved yet")
    expect(at.page.locator(".minutes.wrong .errorlist")).to_contain_text("1440")
    minutes.fill("15")
    at.saves()
    routing = Routing.objects.get(inbox=acme.inbox)
    assert (routing.to_owner, routing.owner_minutes) == (True, 15)
    at.page.reload()
    for label in boxes:
        expect(at.page.get_by_label(label)).to_be_checked()
    expect(at.page.get_by_label("Assign it to the next agent in rotation")).to_be_checked()
    expect(at.page.get_by_label("Reassign if not answered within")).to_have_value("5")


def test_opening_hours_close_the_inbox(acme, at_settings):
    set_online(acme.bob)
    at = at_settings("availability")
    expect(at.main.get_by_text("This inbox is open now.")).to_be_visible()
    at.page.get_by_role("button", name="Mon–Fri, 9 to 5").click()
    at.page.get_by_label("Email unread replies after").fill("20")
    at.saves()
    acme.inbox.refresh_from_db()
    assert [row["day"] for row in acme.inbox.hours["week"]] == [0, 1, 2, 3, 4]
    assert Routing.objects.get(inbox=acme.inbox).reply_minutes == 20

    tomorrow = (timezone.now() + timedelta(days=1)).weekday()
    hours = {"week": [{"day": tomorrow, "from": "12:00", "to": "13:00"}]}
    set_opening_hours(acme.inbox, hours=hours, by=acme.alice)
    at.tab("Routing")
    expect(at.panel).to_contain_text("This inbox is closed until")
    expect(at.panel).to_contain_text("Outside the inbox's opening hours")


def test_routing_can_be_set_without_a_script(acme, sales, at_settings, sign_in, stack):
    page = sign_in(acme.alice, java_script_enabled=False).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/inboxes/{acme.inbox.pk}/routing/")
    page.get_by_label("Users and teams").select_option(label=["Sales", "Bob"])
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Saved.")
    assert targets(acme) == {"Sales", "Bob"}


def test_routing_on_a_phone(acme, sales, at_settings):
    at = at_settings("appearance", **PHONE)
    at.tab("Installation")
    expect(at.main.locator(".inbox-tabs [aria-current]")).to_be_in_viewport()
    at.tab("Routing").expect_live()
    assert at.page.evaluate("document.documentElement.scrollWidth") == 390
    at.picker.tap()
    at.found.filter(has_text="Sales").tap()
    box = at.page.get_by_role("button", name="Remove Sales").bounding_box()
    assert min(box["width"], box["height"]) >= 36
    at.page.get_by_role("heading", name="Email leads").tap()
    at.page.get_by_label("Assign it to the next agent in rotation").tap()
    at.saves()
    assert targets(acme) == {"Sales"}


def test_the_look_is_previewed_and_reaches_the_website(acme, at_settings, on_website):
    at = at_settings("appearance")
    preview = at.page.get_by_role("region", name="Preview")
    at.page.get_by_label("Greeting").fill("Ahoy!")
    expect(preview.locator(".greeting")).to_have_text("Ahoy!")
    at.page.get_by_label("Colour", exact=True).fill("#ffd400")
    launcher = preview.locator(".launcher")
    expect(launcher).to_have_css("background-color", "rgb(255, 212, 0)")
    expect(launcher).to_have_css("color", "rgb(0, 0, 0)")
    at.page.get_by_label("Left").check()
    assert launcher.bounding_box()["x"] < preview.bounding_box()["x"] + 40
    at.saves()

    vera = on_website()
    expect(vera.launcher).to_have_css("background-color", "rgb(255, 212, 0)")
    expect(vera.launcher).to_have_css("color", "rgb(0, 0, 0)")
    assert vera.launcher.bounding_box()["x"] < 100
    vera.open()
    expect(vera.frame.get_by_text("Ahoy!")).to_be_visible()
    vera.field.fill("Ahoy")
    expect(vera.frame.locator(".send")).to_have_css("background-color", "rgb(255, 212, 0)")


def test_members_are_searched_and_an_inbox_without_agents_shows_a_warning(acme, at_settings):
    for number in range(8):
        add_member(acme.workspace, user=make_user(f"Müller{number}", acme.workspace.slug))
    at = at_settings("access")
    warning = at.page.get_by_text("No one is assigned to this inbox")
    expect(warning).to_be_hidden()
    at.page.get_by_label("Search members").fill("muller3")
    lines = at.page.locator(".people li:visible")
    expect(lines).to_have_count(1)
    lines.get_by_role("checkbox").check()
    at.page.get_by_label("Search members").fill("zzz")
    expect(at.page.get_by_text("No members match this name.")).to_be_visible()
    at.page.get_by_label("Search members").fill("")
    at.saves()
    assert sorted(each.name for each in acme.inbox.agents) == ["Bea", "Bob", "Müller3"]
    for person in ("Bea", "Bob", "Müller3"):
        at.page.get_by_role("checkbox", name=re.compile(person)).uncheck()
    expect(warning).to_be_visible()


def test_a_new_inbox_from_the_list(stack, acme, sign_in, console):
    # For two seconds after a change of access no stream opens, and the page retries.
    console.expect(f"401 (Unauthorized) ({stack.app}/live/)")
    page = sign_in(acme.alice).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/settings/inboxes/")
    page.get_by_role("link", name="New inbox").click()
    page.get_by_label("Name", exact=True).fill("Help centre")
    page.get_by_role("button", name="Create inbox").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Help centre")
    expect(page.locator("#embed-line")).to_contain_text("/widget/")
    made = Inbox.objects.get(workspace=acme.workspace, name="Help centre")
    assert [each.name for each in made.agents] == ["Alice"]
