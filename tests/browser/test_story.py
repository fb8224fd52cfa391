"""The main job, end to end, in three browsers and without fakes."""

import re

import pytest
from playwright.sync_api import expect

from demo.cast import PASSWORD
from teams import presence
from teams.models import Workspace
from tests.browser.people import Agent, Visitor
from tests.processes import until


@pytest.fixture
def agent(demo, open_context):
    """Sign in through the sign-in page and open the desk."""

    def sign_in(email):
        page = open_context().new_page()
        page.goto(f"{demo.app}/accounts/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/conversations/**")
        return Agent(page, f"{demo.app}/w/acme")

    return sign_in


@pytest.fixture
def visitor(demo, open_context):
    return lambda: Visitor(open_context().new_page(), demo.shop)


def test_visitors_reach_agents_in_turn_or_by_email(demo, agent, visitor):
    bob = agent("agent1@acme.example")
    bea = agent("agent2@acme.example")
    desks = {"bob": bob, "bea": bea}
    until(lambda: len(online_agents()) == 2, what="both agents being there")

    # The first visitor's message appears at an agent's desk, and the reply in the chat.
    vera = visitor().open()
    vera.writes("Do you sell green lamp shades?")
    first = desks_by_holder(desks, "green lamp shades")
    desks[first].opens("green lamp shades")
    expect(desks[first].timeline).to_contain_text("round robin")
    desks[first].replies("Yes, in three sizes.")
    vera.sees("Yes, in three sizes.")

    # The second visitor goes to the other agent.
    second = "bea" if first == "bob" else "bob"
    viktor = visitor().open()
    viktor.writes("Where is my order 4711?")
    expect(desks[second].rows.filter(has_text="order 4711")).to_be_visible()
    expect(desks[first].rows.filter(has_text="order 4711")).to_have_count(0)
    viktor.sees_state("Bob" if second == "bob" else "Bea")

    # Both agents leave. The third visitor learns that, leaves an address, and an email is sent.
    bob.page.close()
    bea.page.close()
    mara = visitor()
    until(lambda: online_agents() == set(), what="both agents being gone")
    mara.open()
    mara.writes("Can I pick it up on Sunday?")
    mara.sees_state("We're away right now")
    mara.frame.get_by_label("Where can we reach you?").fill("mara@example.com")
    mara.frame.get_by_role("button", name="Notify me by email").click()
    mara.sees_state("mara@example.com")

    expect_mail(mara.page.context.new_page(), demo, "mara@example.com")


def desks_by_holder(desks, text):
    """Return the desk that has the conversation, then the other. Either agent may be first."""
    rows = {name: desk.rows.filter(has_text=text) for name, desk in desks.items()}
    return until(
        lambda: next((name for name, row in rows.items() if row.count()), None),
        what="an agent being given the chat",
    )


def online_agents():
    return presence.find_online(Workspace.objects.get(slug="acme").pk)


def expect_mail(page, demo, text):
    mails = page.get_by_role("link", name=re.compile(f"{text} is waiting for a reply"))

    def has_arrived():
        page.goto(f"{demo.app}/mailbox/")
        return mails.count()

    until(has_arrived, what="a mail in the mailbox")
    mails.first.click()
    expect(page.locator("body")).to_contain_text("Can I pick it up on Sunday?")
    expect(page.locator("body")).to_contain_text(text)
