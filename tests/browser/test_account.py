"""My account: only buttons that can be used are shown."""

from allauth.account.models import EmailAddress
from playwright.sync_api import expect

from tests.browser.people import PHONE


def add_address(member, email, *, verified, primary=False):
    EmailAddress.objects.create(user=member.user, email=email, verified=verified, primary=primary)


def buttons(page):
    return page.locator(".account form").first.get_by_role("button")


def test_buttons_appear_with_a_second_address(stack, acme, sign_in):
    add_address(acme.bob, acme.bob.user.email, verified=True, primary=True)
    page = sign_in(acme.bob).new_page()
    page.goto(f"{stack.app}/w/{acme.workspace.slug}/conversations/")
    page.get_by_role("button", name="Account menu").click()
    page.get_by_role("link", name="My account").click()
    expect(page.get_by_role("heading", name="Email addresses")).to_be_visible()
    expect(buttons(page)).to_have_count(0)

    add_address(acme.bob, f"other@{acme.workspace.slug}.example", verified=True)
    page.reload()
    expect(buttons(page)).to_have_count(0)  # the first is chosen
    page.get_by_role("radio", name="other@").check()
    expect(buttons(page)).to_have_text(["Use for sign-in", "Remove"])

    page.get_by_role("link", name="Conversations").click()
    expect(page.locator("#desk")).to_be_visible()


def test_on_a_phone_an_unconfirmed_address_can_be_confirmed(stack, acme, sign_in):
    add_address(acme.bob, acme.bob.user.email, verified=False, primary=True)
    page = sign_in(acme.bob, **PHONE).new_page()
    page.goto(f"{stack.app}/accounts/email/")
    expect(buttons(page)).to_have_text(["Resend confirmation"])
