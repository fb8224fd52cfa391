"""Workspace Settings and Team Settings, with the labels of the help articles."""

import csv
import re
from secrets import token_hex
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from teams.actions import invitation as invitations
from teams.actions.team import save_team
from teams.actions.workspace import create_workspace
from tests.browser.people import PHONE, Agent, Visitor, choose
from tests.processes import until

PASSWORD = "correct horse battery"
PAGES = [
    "settings/general/",
    "settings/agents/",
    "settings/inboxes/",
    "team/members/",
    "team/invitations/new/",
    "team/teams/",
    "team/teams/new/",
    "team/roles/",
    "team/roles/new/",
    "team/audit-log/",
]


class Office:
    """A member in the settings of a workspace."""

    def __init__(self, page, workspace):
        self.page = page
        self.workspace = workspace
        self.sidebar = page.get_by_role("navigation", name="Workspace Settings")
        self.main = page.get_by_role("main")

    def goes_to(self, path):
        self.page.goto(f"{self.workspace}/{path}")
        return self

    def follows(self, name):
        self.main.get_by_role("link", name=name, exact=True).click()

    def clicks(self, name):
        self.main.get_by_role("button", name=name, exact=True).click()

    def opens_settings(self, *, page):
        self.page.get_by_role("link", name="Workspace Settings").click()
        self.opens_page(page)

    def opens_page(self, name, title=None):
        """Open a page from the sidebar."""
        self.sidebar.get_by_role("link", name=name, exact=True).click()
        self.is_on(title or name)

    def is_on(self, title):
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_have_text(re.compile(rf"^\s*{re.escape(title)}\s*$"))

    def expect_message(self, text):
        expect(self.main.get_by_role("status")).to_contain_text(text)

    def chooses(self, label, option):
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def fills(self, label, text):
        self.main.get_by_label(label, exact=True).fill(text)

    def row(self, text):
        return self.main.locator(".members > li, .links > li, tbody > tr").filter(has_text=text)


@pytest.fixture
def in_office(stack, acme, sign_in):
    """Open a settings page in a new browser: in_office(acme.alice, "team/members/")."""

    def in_office(membership, path, **options):
        page = sign_in(membership, **options).new_page()
        return Office(page, f"{stack.app}/w/{membership.workspace.slug}").goes_to(path)

    return in_office


@pytest.fixture
def emailed_link(demo, open_context):
    """Read the confirmation link from the email to an address."""

    def emailed_link(email):
        page = open_context().new_page()
        mail = page.locator("#mails a").filter(has_text=email).filter(has_text="You're invited")

        def has_come():
            page.goto(f"{demo.app}/mailbox/")
            return mail.count()

        until(has_come, what="the invitation's mail")
        mail.click()
        text = page.get_by_role("region", name="Plain text").inner_text()
        return re.search(r"http://\S+/invitations/\S+", text).group()

    return emailed_link


@pytest.fixture
def invite(acme):
    """Create a pending invitation and return its link."""

    def invite(email="noor@acme.example", name="Noor"):
        made = invitations.invite_member(
            acme.workspace,
            email=email,
            name=name,
            role=acme.workspace.roles.get(key="agent"),
            by=acme.alice,
        )
        link = invitations.copy_link(made, by=acme.alice)
        return SimpleNamespace(invitation=made, link=link, token=link.rstrip("/").split("/")[-1])

    return invite


def test_from_a_fresh_sign_up_to_an_invited_agent_who_answers(
    stack, open_context, emailed_link, console
):
    console.expect("status of 403", "status of 404")
    # For two seconds after a change of membership no stream opens, and the page retries.
    console.expect(f"401 (Unauthorized) ({stack.app}/live/)")
    mark = token_hex(4)
    address = f"noor@{mark}.example"
    alice = sign_up(stack, open_context(), mark)
    embedded = copy_embed_script(alice)

    invite_as_the_article_says(alice, address)
    noor = accept(emailed_link(address), open_context(), alice.workspace)

    vera = Visitor(open_context().new_page(), f"{stack.website.origin}/{embedded}")
    desk = Agent(alice.page, alice.workspace)
    answer_and_assign(vera.open(), noor, desk)

    is_refused(noor.page.context, f"{alice.workspace}/team/members/")
    expect(noor.page.get_by_role("link", name="Workspace Settings")).to_have_count(0)

    make_a_team_and_a_role(alice)
    update_membership(alice)
    remove_from_team(alice, noor, vera)
    read_the_audit_log(alice, address)


def sign_up(stack, context, mark):
    page = context.new_page()
    page.goto(f"{stack.app}/accounts/signup/")
    page.get_by_label("Your name").fill("Alice")
    page.get_by_label("Company or team").fill(f"Acme {mark}")
    page.get_by_label("Email").fill(f"alice@{mark}.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    alice = Office(page, f"{stack.app}/w/acme-{mark}")
    alice.is_on("Website chat")
    return alice


def copy_embed_script(alice):
    """Return the inbox's key from the embed script on the page."""
    line = alice.main.locator("#embed-line").inner_text()
    return re.search(r"/widget/(\w+)\.js", line).group(1)


def invite_as_the_article_says(alice, address):
    alice.opens_settings(page="Chat Agents")
    alice.follows("Add Agent")
    alice.is_on("Team Members")
    alice.main.locator(".top").get_by_role("link", name="Invite a new team member").click()
    alice.is_on("Invite a new team member")
    alice.fills("Email", address)
    alice.fills("Name", "Noor")
    expect(alice.page.get_by_label("Role", exact=True).locator("option")).to_have_text(
        ["Agent", "Administrator"]
    )
    alice.chooses("Role", "Agent")
    alice.clicks("Create invitation")
    alice.is_on("Team Members")
    alice.expect_message(f"Sent an invitation to {address}.")
    expect(alice.row(address)).to_contain_text("Pending")


def accept(link, context, workspace):
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_text("Alice invited you")).to_be_visible()
    page.get_by_label("Your name").fill("Noor Haddad")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("^Join Acme")).click()
    noor = Agent(page, workspace)
    page.wait_for_url("**/conversations/")
    noor.expect_live()
    return noor


def answer_and_assign(vera, noor, alice):
    """The invited agent replies, and the administrator assigns the conversation."""
    alice.goes_to(view="all")
    vera.writes("Do you ship to Ghent?")
    noor.goes_to(view="all").opens("Do you ship to Ghent?")
    noor.replies("We do, in two days.")
    vera.sees("We do, in two days.")
    alice.rows.filter(has_text="We do, in two days.").get_by_role("link").click()
    actions = alice.page.get_by_role("region", name="Conversation Actions")
    for name in ("Alice", "Noor Haddad"):
        chosen = actions.get_by_label("Assigned Agent")
        if chosen.locator("option:checked").inner_text() != name:
            choose(chosen, name)
        expect(noor.assignee.locator("option:checked")).to_have_text(name)
    noor.goes_to()
    expect(noor.rows.filter(has_text="We do, in two days.")).to_be_visible()


def is_refused(context, address):
    page = context.new_page()
    answer = page.goto(address)
    assert answer.status == 403, address
    expect(page.get_by_role("heading", level=1)).to_have_text("You don't have access to this page")
    expect(page.get_by_text("You need a different role for this.")).to_be_visible()
    page.close()


def make_a_team_and_a_role(alice):
    alice.opens_settings(page="Teams")
    alice.follows("New team")
    alice.fills("Name", "Night shift")
    alice.page.get_by_label("Noor Haddad").check()
    alice.clicks("Create team")
    expect(alice.row("Night shift")).to_contain_text("Noor Haddad")
    alice.opens_page("Roles")
    alice.follows("New role")
    alice.fills("Name", "Team lead")
    for permission in ("Answer conversations", "View reports"):
        alice.page.get_by_label(permission).check()
    alice.clicks("Create role")
    for role in ("Agent", "Administrator", "Team lead"):
        expect(alice.page.get_by_role("columnheader", name=re.compile(f"^{role}"))).to_be_visible()
    reports = alice.row("View reports").get_by_role("cell")
    expect(reports).to_have_text([re.compile("no"), re.compile("yes"), re.compile("yes")])


def update_membership(alice):
    """Manage team members as the help article describes."""
    alice.opens_settings(page="General")
    team_settings = alice.page.get_by_role("region", name="Team Settings")
    team_settings.get_by_role("link", name="Edit team settings").click()
    alice.opens_page("Team Members", "Team Members")
    alice.row("Noor Haddad").get_by_role("link", name="Settings").click()
    alice.is_on("Noor Haddad")
    alice.chooses("Role", "Team lead")
    alice.clicks("Update membership")
    alice.expect_message("Updated the membership of Noor Haddad.")
    expect(alice.row("Noor Haddad")).to_contain_text("Team lead")


def remove_from_team(alice, noor, vera):
    noor.goes_to().opens("We do, in two days.")
    alice.row("Noor Haddad").get_by_role("link", name="Settings").click()
    alice.follows("Remove from team")
    alice.is_on("Remove Noor Haddad from the team?")
    expect(alice.main.get_by_text("Noor Haddad has 1 open conversation.")).to_be_visible()
    alice.clicks("Proceed")
    live = noor.page.locator('live-desk[data-connection="live"]')
    expect(live).to_have_count(0)
    alice.is_on("Team Members")
    expect(alice.row("Noor Haddad")).to_have_count(0)
    vera.writes("And to Bruges?")
    desk = Agent(alice.page, alice.workspace).goes_to(view="all")
    expect(desk.rows.filter(has_text="And to Bruges?")).to_be_visible()
    expect(noor.page.get_by_role("heading", level=1)).to_have_text("Page not found")
    expect(noor.page.get_by_text("Bruges")).to_have_count(0)
    expect(noor.entries).to_have_count(0)
    noor.page.get_by_role("link", name="Go to conversations").click()
    expect(noor.page.get_by_role("heading", level=1)).to_have_text("No workspace yet")


def read_the_audit_log(alice, address):
    alice.opens_settings(page="Audit log")
    for text in (
        "Alice created the workspace",
        f"Alice invited {address}",
        "Noor Haddad joined",
        "Alice created the team Night shift",
        "Alice created the role Team lead",
        "Alice changed the membership of Noor Haddad",
        "Alice removed Noor Haddad",
    ):
        expect(alice.row(text)).to_have_count(1)
    change = alice.row("Alice changed the membership")
    expect(change.locator("del")).to_have_text("Agent")
    expect(change.locator("ins")).to_have_text("Team lead")
    expect(change).to_contain_text("127.0.0.1")
    alice.chooses("Who", "Noor Haddad")
    alice.clicks("Filter")
    expect(alice.main.locator("tbody > tr")).to_have_count(1)
    expect(alice.row("Noor Haddad joined")).to_be_visible()
    assert [line["who"] for line in downloaded(alice)] == ["Noor Haddad"]
    alice.follows("Reset")
    assert f"invited {address}" in [line["what"] for line in downloaded(alice)]


def downloaded(office):
    with office.page.expect_download() as download:
        office.follows("CSV")
    assert download.value.suggested_filename.endswith(".csv")
    with open(download.value.path(), newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_revoking_and_copying_in_the_list(acme, invite, in_office, open_context, console):
    console.expect("status of 410")
    sent = invite("noor@acme.example")
    alice = in_office(acme.alice, "team/members/")
    alice.row("noor@acme.example").get_by_role("button", name="Copy link").click()
    alice.is_on("Invitation link")
    copied = alice.main.locator("#invitation-url").inner_text()
    assert copied != sent.link
    alice.follows("Done")
    alice.row("noor@acme.example").get_by_role("button", name="Resend").click()
    alice.expect_message("Resent the invitation to noor@acme.example.")
    alice.row("noor@acme.example").get_by_role("button", name="Revoke").click()
    alice.expect_message("Revoked the invitation for noor@acme.example.")
    expect(alice.row("noor@acme.example")).to_have_count(0)
    page = open_context().new_page()
    for link in (sent.link, copied):
        page.goto(link)
        expect(page.get_by_role("heading", level=1)).to_have_text("This invitation was revoked")


def test_an_invitation_for_a_different_account_offers_to_switch(acme, invite, in_office):
    sent = invite("noor@acme.example")
    page = in_office(acme.bob, "conversations/").page
    page.goto(sent.link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This invitation is for someone else")
    expect(page.get_by_text(f"You're signed in as {acme.bob.user.email}.")).to_be_visible()
    page.get_by_role("button", name="Sign out and continue as noor@acme.example").click()
    expect(page.get_by_label("Email")).to_have_value("noor@acme.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join Acme").click()
    expect(page.get_by_role("button", name="Account menu for Noor")).to_be_visible()


def test_switching_between_workspaces(acme, stack, in_office):
    globex = create_workspace("Globex", by=acme.alice.user, slug=f"globex-{token_hex(4)}")
    alice = in_office(acme.alice, "settings/general/")
    menu = alice.page.get_by_role("button", name="Account menu for Alice")
    menu.click()
    alice.page.locator("#me-menu").get_by_role("link", name="Globex", exact=True).click()
    expect(alice.page).to_have_url(f"{stack.app}/w/{globex.workspace.slug}/conversations/")
    expect(alice.page).to_have_title(re.compile("Globex"))
    menu.click()
    alice.page.get_by_role("link", name="All workspaces").click()
    alice.page.get_by_role("link", name=re.compile("Acme$")).click()
    expect(alice.page).to_have_url(f"{alice.workspace}/conversations/")


def test_deleting_a_workspace_and_bringing_it_back(acme, stack, in_office, console):
    console.expect("status of 400", "status of 404")
    # Deleting closes the stream, and the page may try to open it again before it is left.
    console.expect(f"401 (Unauthorized) ({stack.app}/live/)")
    alice = in_office(acme.alice, "settings/general/")
    typed = alice.page.get_by_label("Type the name of the workspace")
    typed.fill("acme?")
    alice.clicks("Delete this workspace")
    expect(alice.page.get_by_text("That's not the name. It's “Acme”.")).to_be_visible()
    typed.fill("Acme")
    alice.clicks("Delete this workspace")
    expect(alice.page.get_by_text("You can restore it for 14 days.")).to_be_visible()
    visitor = alice.page.context.new_page()
    visitor.goto(f"{alice.workspace}/conversations/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Page not found")
    alice.clicks("Restore")
    alice.is_on("General")
    expect(alice.page).to_have_url(f"{alice.workspace}/settings/general/")


@pytest.mark.parametrize("options", [PHONE, {"viewport": {"width": 820, "height": 1000}}])
def test_the_settings_fit_on_a_small_screen(acme, invite, in_office, options):
    invite("somebody.with.quite.a.long.name@a-long-domain-name.example", name="N" * 60)
    save_team(acme.workspace, team=None, name="T" * 40, members=[acme.bob, acme.bea], by=acme.alice)
    alice = in_office(acme.alice, "settings/general/", **options)
    width = options["viewport"]["width"]
    people = [f"team/members/{acme.bob.pk}/", f"team/members/{acme.bob.pk}/removal/"]
    for path in [*PAGES, *people, "leaving/"]:
        alice.goes_to(path)
        expect(alice.page.get_by_role("heading", level=1)).to_be_visible()
        assert alice.page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert alice.page.evaluate("innerWidth") == width, path
    alice.goes_to("settings/general/")
    alice.page.get_by_role("button", name="Workspace Settings").click()
    alice.opens_page("Team Members", "Team Members")
