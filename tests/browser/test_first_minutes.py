"""The first minutes after `make run`: signing up, the next step and the first email."""

import re
from secrets import token_hex

from playwright.sync_api import expect

HEIGHT = 800


def test_the_first_page_shows_the_next_step_and_leads_to_the_first_email(stack, open_context):
    context = open_context(viewport={"width": 1280, "height": HEIGHT})
    page, email = context.new_page(), f"mara@{token_hex(4)}.example"
    page.goto(f"{stack.app}/accounts/signup/")
    page.get_by_label("Your name").fill("Mara Ito")
    page.get_by_label("Company or team").fill("Lamps")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill("correct horse battery")
    page.get_by_role("button", name="Create account").click()

    expect(page).to_have_url(re.compile("/installation/$"))
    page.wait_for_load_state()  # the styles, too
    expect(page.get_by_text("This snippet works only on this computer")).to_be_visible()
    invite = page.get_by_role("link", name="Invite a new team member").bounding_box()
    assert invite["y"] + invite["height"] < HEIGHT

    with context.expect_page() as opened:
        page.get_by_role("link", name="Read them in the mailbox").click()
    mailbox = opened.value
    mailbox.get_by_role("link", name=email).click()
    letter = mailbox.frame_locator("iframe")
    expect(letter.get_by_role("link", name="Confirm this address")).to_be_visible()
