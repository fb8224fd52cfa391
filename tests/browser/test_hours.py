"""Office hours, quiet hours and holidays, set in a browser."""

import re

import pytest
from playwright.sync_api import expect

from teams.actions.availability import set_hours
from teams.models import Membership
from tests.browser.people import PHONE
from tests.conftest import goes_online

PLAIN = {"java_script_enabled": False}
ALL_WEEK = [{"day": day, "from": "00:00", "to": "24:00"} for day in range(7)]


class Planner:
    """A member on a page with weekly hours and days off."""

    def __init__(self, page, workspace):
        self.page, self.workspace = page, workspace
        self.main = page.get_by_role("main")

    def goes_to(self, path):
        self.page.goto(f"{self.workspace}/{path}")
        return self

    def day(self, name):
        return self.main.get_by_role("group", name=name)

    def hours(self, day, row=0):
        interval = self.day(day).locator(".interval").nth(row)
        return interval.get_by_label("From"), interval.get_by_label("To")

    def plans(self, day, begin, end, row=0):
        if self.day(day).locator(".interval").count() <= row:
            self.clicks(f"Add hours on {day}")
        for field, text in zip(self.hours(day, row), (begin, end), strict=True):
            field.fill(text)

    def is_off(self, first, last, name):
        self.clicks("Add days")
        row = self.main.locator(".day-off").last
        for label, text in (("First day", first), ("Last day", last), ("Name", name)):
            row.get_by_label(label).fill(text)
        return row

    def clicks(self, name):
        self.main.get_by_role("button", name=name, exact=True).click()

    def sees(self, text):
        expect(self.main.get_by_text(text).first).to_be_visible()


@pytest.fixture
def at(acme, stack, sign_in):
    """Open a page of the workspace: at(acme.bob, "my/hours/")."""

    def at(membership, path, **options):
        page = sign_in(membership, **options).new_page()
        return Planner(page, f"{stack.app}/w/{acme.workspace.slug}").goes_to(path)

    return at


def stored(membership):
    return Membership.objects.get(pk=membership.pk).hours


def test_hours_over_midnight_and_a_day_off_are_set_by_hand(acme, at):
    bob = at(acme.bob, "my/hours/")
    bob.sees("No hours set, so always available.")
    expect(bob.day("Monday")).to_contain_text("All day")
    # A day has six rows at most.
    add = bob.day("Monday").get_by_role("button", name="Add hours on Monday")
    remove = bob.day("Monday").get_by_role("button", name="Remove these hours").first
    for _number in range(6):
        add.click()
    expect(add).to_be_hidden()
    remove.click()
    expect(add).to_be_visible()
    for _number in range(5):
        remove.click()
    bob.plans("Friday", "22:00", "06:00")
    expect(bob.day("Friday").get_by_text("next day")).to_be_visible()
    expect(bob.day("Monday").get_by_text("Not working")).to_be_visible()
    bob.plans("Monday", "09:00", "12:00")
    bob.plans("Monday", "13:00", "17:00", row=1)
    bob.is_off("2030-12-24", "2030-12-26", "Christmas")
    bob.clicks("Save")
    bob.sees("Saved.")
    bob.sees(re.compile("Next:"))
    expect(bob.main.get_by_text(re.compile("22:00–Sat 06:00")).first).to_be_visible()
    assert stored(acme.bob) == {
        "week": [
            {"day": 0, "from": "09:00", "to": "12:00"},
            {"day": 0, "from": "13:00", "to": "17:00"},
            {"day": 4, "from": "22:00", "to": "06:00"},
        ],
        "off": [{"first": "2030-12-24", "last": "2030-12-26", "name": "Christmas"}],
    }
    expect(bob.hours("Friday")[0]).to_have_value("22:00")
    bob.day("Monday").get_by_role("button", name="Remove these hours").first.click()
    bob.clicks("Remove these days")
    bob.clicks("Save")
    bob.sees("Saved.")
    assert [row["from"] for row in stored(acme.bob)["week"]] == ["13:00", "22:00"]
    assert "off" not in stored(acme.bob)


def test_what_is_wrong_is_said_where_it_is(acme, at, console):
    console.expect("status of 400")
    bob = at(acme.bob, "my/hours/")
    bob.plans("Monday", "09:00", "17:00")
    bob.plans("Monday", "16:00", "18:00", row=1)
    bob.plans("Tuesday", "08:00", "08:00")
    row = bob.is_off("2026-12-26", "2026-12-24", "Christmas")
    bob.clicks("Save")
    bob.sees("Nothing is saved yet.")
    overlapping = bob.hours("Monday", 1)[0]
    expect(overlapping).to_be_focused()
    expect(overlapping).to_have_attribute("aria-invalid", "true")
    expect(overlapping).to_have_accessible_description(
        "Overlaps with 09:00 to 17:00 on the same day."
    )
    expect(bob.day("Tuesday")).to_contain_text("Start and end are the same.")
    expect(row).to_contain_text("The last day is before the first day.")
    expect(row.get_by_label("Name")).to_have_value("Christmas")
    assert stored(acme.bob) == {}
    bob.plans("Monday", "17:00", "18:00", row=1)
    bob.plans("Tuesday", "00:00", "00:00")
    expect(bob.day("Tuesday").get_by_text("whole day", exact=True)).to_be_visible()
    row.get_by_label("Last day").fill("")
    bob.clicks("Save")
    bob.sees("Saved.")
    assert stored(acme.bob)["off"][0]["last"] == "2026-12-26"


def test_a_usual_week_is_filled_in_by_one_click(acme, at):
    bob = at(acme.bob, "my/hours/", timezone_id="Asia/Tokyo")
    bob.clicks("Mon–Fri, 9 to 5")
    bob.plans("Monday", "08:00", "16:30")
    bob.clicks("Copy Monday to Tue–Fri")
    expect(bob.hours("Friday")[1]).to_have_value("16:30")
    expect(bob.day("Sunday").get_by_text("Not working")).to_be_visible()
    expect(bob.main.locator("time-zone-hint")).to_contain_text("Asia/Tokyo")
    bob.clicks("Use it")
    expect(bob.page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    expect(bob.main.locator("time-zone-hint")).to_be_hidden()
    bob.clicks("Save")
    bob.sees("Saved.")
    assert stored(acme.bob)["week"] == [
        {"day": day, "from": "08:00", "to": "16:30"} for day in range(5)
    ]
    assert Membership.objects.get(pk=acme.bob.pk).time_zone == "Asia/Tokyo"
    bob.clicks("Always open")
    expect(bob.day("Friday").get_by_text("All day")).to_be_visible()
    bob.clicks("Save")
    bob.sees("Saved.")
    assert stored(acme.bob) == {}


def test_without_a_script_there_is_an_empty_row(acme, at):
    bob = at(acme.bob, "my/hours/", **PLAIN)
    for field, text in zip(bob.hours("Monday"), ("09:00", "17:00"), strict=True):
        field.fill(text)
    bob.clicks("Save")
    assert stored(acme.bob)["week"] == [{"day": 0, "from": "09:00", "to": "17:00"}]
    assert bob.day("Monday").locator(".interval").count() == 2


def test_the_status_follows_the_hours(acme, at):
    """Alice sees Bob's status change when his holiday begins, which is today."""
    set_hours(acme.bob, hours={"week": ALL_WEEK}, time_zone="", by=acme.bob)
    goes_online(acme.bob)
    alice = at(acme.alice, f"team/members/{acme.bob.pk}/")
    state = alice.main.locator(".top .state")
    expect(state).to_have_text("Available")
    today = alice.page.evaluate("new Date().toISOString().slice(0, 10)")
    off = {"first": today, "last": today, "name": "Birthday"}
    set_hours(acme.bob, hours={"week": ALL_WEEK, "off": [off]}, time_zone="", by=acme.bob)
    expect(state).to_contain_text("Offline: day off (Birthday) until")


def test_holidays_of_the_workspace(acme, at, console):
    console.expect("status of 400")
    alice = at(acme.alice, "settings/general/")
    row = alice.is_off("2030-12-26", "2030-12-24", "Christmas")
    alice.clicks("Save holidays")
    expect(row).to_contain_text("The last day is before the first day.")
    row.get_by_label("Last day").fill("2030-12-27")
    alice.clicks("Save holidays")
    alice.sees("Saved.")
    acme.workspace.refresh_from_db()
    assert acme.workspace.holidays == [
        {"first": "2030-12-26", "last": "2030-12-27", "name": "Christmas"}
    ]
    bob = at(acme.bob, "my/hours/")
    expect(bob.main.locator(".on-holidays")).to_contain_text("Christmas")
    bob.main.get_by_label("I also work on the workspace’s holidays").check()
    bob.clicks("Save")
    bob.sees("Saved.")
    assert stored(acme.bob) == {"on_holidays": True}


def test_quiet_hours_and_which_emails(acme, at, console):
    console.expect("status of 400")
    bob = at(acme.bob, "my/hours/")
    bob.page.get_by_role("navigation", name="My settings").get_by_text("Notifications").click()
    bob.main.get_by_label("The queue").uncheck()
    bob.main.get_by_label("From").fill("22:00")
    bob.clicks("Save")
    bob.sees("Enter both times, or leave both blank.")
    expect(bob.main.get_by_label("From")).to_have_value("22:00")
    bob.main.get_by_label("To", exact=True).fill("06:00")
    bob.clicks("Save")
    bob.sees("Saved.")
    saved = Membership.objects.get(pk=acme.bob.pk)
    assert (saved.email_mine, saved.email_queue) == (True, False)
    assert f"{saved.quiet_from:%H:%M}-{saved.quiet_to:%H:%M}" == "22:00-06:00"


def test_an_administrator_sets_capacity_and_hours_of_a_member(acme, at):
    alice = at(acme.alice, f"team/members/{acme.bob.pk}/")
    alice.main.get_by_label("Most open conversations at a time").fill("3")
    alice.main.locator("form[action$='/capacity/']").get_by_role("button", name="Save").click()
    alice.sees("Saved.")
    assert Membership.objects.get(pk=acme.bob.pk).capacity == 3
    alice.main.get_by_role("link", name="Change the hours").click()
    alice.clicks("Mon–Fri, 9 to 5")
    alice.clicks("Save")
    alice.sees("Saved the office hours of Bob.")
    alice.sees("Mon–Fri 09:00–17:00")
    assert len(stored(acme.bob)["week"]) == 5


def test_it_fits_on_a_phone(acme, at):
    off = [{"first": "2030-12-24", "last": "2030-12-26", "name": "N" * 60}]
    acme.workspace.holidays = off
    acme.workspace.save()
    night = [{"day": 4, "from": "22:00", "to": "06:00"}]
    set_hours(acme.bob, hours={"week": night, "off": off}, time_zone="", by=acme.bob)
    bob = at(acme.bob, "my/hours/", **PHONE)
    for path in ("my/hours/", "my/notifications/"):
        bob.goes_to(path)
        assert bob.page.evaluate("document.documentElement.scrollWidth") <= 390, path
    bob.goes_to("my/hours/")
    begin, end = bob.hours("Friday")
    same_line = begin.bounding_box()["y"] == end.bounding_box()["y"]
    remove = bob.day("Friday").get_by_role("button", name="Remove these hours")
    assert same_line
    assert remove.bounding_box()["x"] + remove.bounding_box()["width"] <= 390
    bob.page.get_by_role("button", name="My settings").click()
    bob.page.get_by_role("navigation", name="My settings").get_by_text("Notifications").click()
    expect(bob.page.get_by_role("heading", level=1)).to_have_text("Notifications")
