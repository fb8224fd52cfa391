"""The main job, end to end: three browsers, real parts, nothing faked."""

import re

from playwright.sync_api import expect


def open_conversation(page, words):
    page.locator(".row", has_text=words).get_by_role("link").first.click()
    expect(page.locator(".timeline")).to_contain_text(words)


def reply(page, words):
    page.get_by_role("textbox", name=re.compile("reply", re.IGNORECASE)).fill(words)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".entry", has_text=words)).to_have_count(1)


def test_visitors_reach_the_agents_in_turn_and_an_email_when_nobody_is_there(site, agent, visitor):
    bob = agent("agent1@acme.example")
    bea = agent("agent2@acme.example")
    desks = {"bob": bob, "bea": bea}

    # The first visitor's message is on the next agent's screen, and the answer on the visitor's.
    vera = visitor().open()
    vera.writes("Do you sell green lamp shades?")
    vera.sees("Do you sell green lamp shades?")
    first = whoever_has(desks, "green lamp shades")
    open_conversation(desks[first], "green lamp shades")
    expect(desks[first].locator(".timeline")).to_contain_text("round-robin")
    reply(desks[first], "Yes, in three sizes.")
    vera.sees("Yes, in three sizes.")

    # The second visitor goes to the other one.
    second = "bea" if first == "bob" else "bob"
    viktor = visitor().open()
    viktor.writes("Where is my order 4711?")
    expect(desks[second].locator(".row", has_text="order 4711")).to_be_visible()
    expect(desks[first].locator(".row", has_text="order 4711")).to_have_count(0)
    viktor.is_told("Bob" if second == "bob" else "Bea")

    # Both leave; the third is told the truth, leaves an address, and a mail goes out.
    bob.close()
    bea.close()
    mara = visitor()
    wait_until_nobody_is_there(site)
    mara.open()
    mara.writes("Can I pick it up on Sunday?")
    mara.is_told("Nobody is here right now")
    mara.frame.get_by_label("Where shall we answer you?").fill("mara@example.com")
    mara.frame.get_by_role("button", name="Answer me by email").click()
    mara.is_told("mara@example.com")

    mailbox = mara.page.context.new_page()
    expect_mail(mailbox, site, "mara@example.com")


def whoever_has(desks, words):
    """The first two chats of a fresh rotation go to two different people; who begins is open."""
    rows = {name: page.locator(".row", has_text=words) for name, page in desks.items()}
    either = rows["bob"].or_(desks["bob"].locator("body"))
    expect(either.first).to_be_visible()
    for _ in range(100):
        for name, row in rows.items():
            if row.count():
                return name
        desks["bob"].wait_for_timeout(50)
    raise AssertionError("no agent was given the chat")


def wait_until_nobody_is_there(site):
    from teams import presence
    from teams.models import Workspace
    from tests.processes import until

    workspace = Workspace.objects.get(slug="acme")
    until(lambda: presence.online(workspace.pk) == set(), what="both agents being gone")


def expect_mail(page, site, words):
    for _ in range(60):
        page.goto(f"{site.shop}mail/")
        if page.get_by_text(re.compile("waiting for an answer")).count():
            break
        page.wait_for_timeout(500)
    page.get_by_role("link", name=re.compile("waiting for an answer")).first.click()
    expect(page.locator("body")).to_contain_text("Can I pick it up on Sunday?")
    expect(page.locator("body")).to_contain_text(words)
