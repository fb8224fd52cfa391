"""Forms keep what was typed, understand it correctly and fit on the screen."""

from django.conf import settings
from playwright.sync_api import expect

from routing.models import Routing, Target
from teams.actions.team import save_team

PASSWORD = "a password of Alice's"
LONG_NAME = "Nachtschichtverantwortlichenversammlung"
# Visible elements beyond the right edge, except in tabs, which scroll.
BEYOND_THE_EDGE = """() => [...document.querySelectorAll("main *")]
  .filter((each) => each.checkVisibility() && !each.closest(".tabs"))
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.outerHTML.slice(0, 80))"""


def test_a_form_is_sent_again_once_they_are_signed_in(acme, stack, sign_in, console):
    console.expect("401")
    acme.alice.user.set_password(PASSWORD)
    acme.alice.user.save()
    context = sign_in(acme.alice)
    page = context.new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/inboxes/{acme.inbox.pk}/routing/")
    page.get_by_label("Reassign if not answered within").fill("7")
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You're signed out")
    send = page.get_by_role("button", name="Send again")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text("Sign in in another tab first")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in another tab").click()
    there = opened.value
    there.get_by_label("Email").fill(acme.alice.user.email)
    there.get_by_label("Password", exact=True).fill(PASSWORD)
    there.get_by_role("button", name="Sign in").click()
    expect(there.get_by_role("heading", name="Conversations")).to_be_visible()
    send.click()
    expect(page.get_by_label("Reassign if not answered within")).to_have_value("7")
    assert Routing.objects.get(inbox=acme.inbox).answer_minutes == 7


def test_minutes_that_are_none_are_refused_and_kept(acme, stack, sign_in, console):
    console.expect("400")
    page = sign_in(acme.alice).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/inboxes/{acme.inbox.pk}/routing/")
    minutes = page.get_by_label("Reassign if not answered within")
    minutes.fill("5 min")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Enter whole minutes")).to_be_visible()
    expect(minutes).to_have_value("5 min")
    expect(minutes).to_be_focused()
    text = "minutes Enter whole minutes, or leave blank to turn off."
    expect(minutes).to_have_accessible_description(text)


def test_a_long_name_stays_on_a_phones_page(acme, stack, sign_in):
    team = save_team(acme.workspace, name=LONG_NAME, members=[acme.bob], by=acme.alice)
    Target.objects.create(workspace=acme.workspace, inbox=acme.inbox, team=team)
    page = sign_in(acme.alice, viewport={"width": 390, "height": 844}).new_page()
    for path in (
        f"inboxes/{acme.inbox.pk}/routing/",
        f"routing/simulator/?inbox={acme.inbox.pk}",
    ):
        page.goto(f"{stack.app}/w/{acme.workspace.slug}/{path}")
        expect(page.locator("target-picker li")).to_contain_text(LONG_NAME)
        assert page.evaluate(BEYOND_THE_EDGE) == []
