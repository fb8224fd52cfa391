"""When a session ends, pages go blank and nothing typed is lost."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.browser.people import Agent

PASSWORD = "correct horse battery"
SIGN_IN = re.compile(r"/accounts/login/\?next=")
REFUSED = ("401", "404")


@pytest.fixture
def bob_with_password(acme):
    user = acme.bob.user
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return acme.bob


@pytest.fixture
def conversation(agents_away, new_conversation):
    return new_conversation("My password is tulip")


def open_desk(context, app, acme, conversation):
    """Open the desk, and let it send its first heartbeat: the session may end in the next step."""
    page = context.new_page()
    with page.expect_response(re.compile("/presence/")):
        return Agent(page, f"{app}/w/{acme.workspace.slug}").goes_to(conversation, view="all")


def signs_in(page, member):
    page.get_by_label("Email").fill(member.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def ends_session(context):
    [key] = [each["value"] for each in context.cookies() if each["name"] == "messagehub_session"]
    Session.objects.filter(session_key=key).delete()


def is_blank(page):
    expect(page).to_have_url(SIGN_IN)
    expect(page.get_by_text("tulip")).to_have_count(0)
    assert "tulip" not in page.content()


def test_signing_out_in_one_tab_blanks_the_others(stack, acme, sign_in, conversation, console):
    console.expect(*REFUSED)
    context = sign_in(acme.bob)
    desk = open_desk(context, stack.app, acme, conversation)
    contact, settings = context.new_page(), context.new_page()
    base = f"{stack.app}/w/{acme.workspace.slug}"
    contact.goto(f"{base}/contacts/{conversation.contact_id}/")
    settings.goto(f"{base}/my/hours/")
    # Without the server: no stream ends, and no request is refused.
    for page in (desk.page, contact, settings):
        page.route("**/live/**", lambda route: None)
        page.route("**/presence/**", lambda route: None)
    other = open_desk(context, stack.app, acme, conversation)
    other.page.get_by_role("button", name="Account menu").click()
    other.page.get_by_role("button", name="Sign out").click()
    for page in (desk.page, contact, settings):
        is_blank(page)
        assert page.title() == "Sign in · MessageHub"


def test_a_page_from_the_browser_cache_is_blank(stack, acme, sign_in, conversation, console):
    """A page in the back-forward cache missed the event of signing out."""
    console.expect(*REFUSED)
    context = sign_in(acme.bob)
    desk = open_desk(context, stack.app, acme, conversation)
    # Without the server: no stream ends, and no request is refused.
    desk.page.route("**/live/**", lambda route: None)
    desk.page.route("**/presence/**", lambda route: None)
    ends_session(context)
    desk.page.evaluate(
        """() => {
          localStorage.setItem("messagehub-signed-out-at", Date.now() + 1);
          dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        }"""
    )
    is_blank(desk.page)


def test_a_page_that_was_blanked_by_mistake_comes_back(stack, acme, sign_in, conversation):
    """With a valid session the sign-in page redirects straight back."""
    desk = open_desk(sign_in(acme.bob), stack.app, acme, conversation)
    desk.field.fill("Half a sent")
    with desk.page.expect_navigation(url=re.compile("/conversations/")):
        desk.page.evaluate("document.dispatchEvent(new Event('session-ended'))")
    expect(desk.timeline).to_contain_text("tulip")
    expect(desk.field).to_have_value("Half a sent")


def test_a_session_ended_elsewhere_blanks_the_desk(stack, acme, sign_in, conversation, console):
    console.expect(*REFUSED)
    context = sign_in(acme.bob)
    desk = open_desk(context, stack.app, acme, conversation)
    ends_session(context)
    desk.page.evaluate("dispatchEvent(new Event('online'))")  # sends the next heartbeat at once
    is_blank(desk.page)


def test_signing_in_again_restores_the_draft(
    stack, acme, bob_with_password, sign_in, conversation, console
):
    console.expect(*REFUSED)
    context = sign_in(acme.bob)
    desk = open_desk(context, stack.app, acme, conversation)
    ends_session(context)
    desk.field.fill("Never send passwords")  # what tells colleagues of it is refused
    is_blank(desk.page)
    signs_in(desk.page, acme.bob)
    expect(desk.page).to_have_url(re.compile(rf"/conversations/{conversation.number}/\?view=all"))
    expect(desk.field).to_have_value("Never send passwords")
    desk.page.get_by_role("button", name="Send", exact=True).click()
    desk.sees("Never send passwords")


def test_the_next_member_at_this_browser_does_not_find_the_draft(
    stack, acme, bob_with_password, sign_in, conversation, console
):
    console.expect(*REFUSED)
    context = sign_in(acme.bea)
    desk = open_desk(context, stack.app, acme, conversation)
    desk.field.fill("Between us")
    ends_session(context)
    desk.page.evaluate("dispatchEvent(new Event('online'))")
    expect(desk.page).to_have_url(SIGN_IN)
    signs_in(desk.page, acme.bob)
    expect(desk.timeline).to_contain_text("tulip")
    expect(desk.field).to_have_value("")


def test_a_filled_in_form_waits_for_the_sign_in(stack, acme, sign_in, console):
    """Settings show nothing of customers, so keeping the entered values outweighs going blank."""
    console.expect(*REFUSED)
    context = sign_in(acme.alice)
    page = context.new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/settings/general/")
    name = page.get_by_label("Name", exact=True)
    name.fill("Acme Lamps")
    ends_session(context)
    with page.expect_response(lambda response: response.status == 401):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("heading", name="You're signed out")).to_be_visible()
    expect(page.locator("textarea[name=name]")).to_have_value("Acme Lamps")
