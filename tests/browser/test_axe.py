"""axe-core finds no violation on any page, light and dark, on the desk and in the chat."""

from pathlib import Path
from urllib.parse import urljoin

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from inbox.models import ContactImport
from localmail.models import LocalMail
from routing.models import ReplyAddress
from teams.actions.invitation import copy_link, invite_member
from tests.browser.people import PHONE
from tests.conftest import goes_online
from tests.house.routes import addresses, other_routes

AXE = (Path(__file__).parents[1] / "vendor/axe-core/axe.min.js").read_text()
# By default axe also fetches and parses every style sheet, for a rule that it doesn't run.
RUN = """
async (rules) => {
  // Wait for colours that are still changing to those of the other scheme.
  await Promise.allSettled(document.getAnimations().map((each) => each.finished));
  const options = { resultTypes: ["violations"], preload: { assets: ["media"] } };
  const { violations } = await axe.run(rules ? { ...options, runOnly: rules } : options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
}
"""
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules whose result depends on them
NOT_OURS = ("anymail/", "demo/")  # the demo's shop is the website of a customer
# Routes of a workspace that answer a GET, but not with a page.
PARTS = {
    *("conversation-rows", "conversation-counts", "entries", "entry-text", "mentionable"),
    *("bulk", "bulk-count", "bulk-run", "offered-replies", "decision", "waiting-reason"),
    *("routing-panels", "inbox-candidates", "reports-now", "report-section", "weekly-report"),
    *("commands", "command-results"),
}
FILES = {
    *("photo", "large-photo", "logo", "file", "file-preview", "contact-job-file"),
    *("contact-import-errors", "audit-csv", "report-table", "report-conversations"),
}
REDIRECTS = {
    *("workspace", "welcome", "my-account", "contact-import-columns", "identity-secrets"),
    *("contacts-owner", "contacts-label-addition", "contacts-label-removal", "contacts-export"),
    *("contact-details", "contact-labels", "contact-notes", "contact-owner"),
}
# Routes with arguments outside of workspaces that answer a GET not with a page, or not at all.
OTHER_NO_PAGES = {
    "workspaces/<slug:workspace>/restoration/",
    "invitations/<str:token>/switch/",
    "unsubscribe/<str:token>/undo/",
    "mailbox/<int:pk>/html/",
    *(
        f"c/<slug:key>/{path}/"
        for path in ("check", "messages", "email", "rating", "ending", "transcript")
    ),
    *(f"c/<slug:key>/files/<uuid:file>/{path}" for path in ("", "preview/")),
    # Only for a visitor: test_chat_page checks them.
    *(f"c/<slug:key>/conversations/{path}" for path in ("", "<uuid:conversation>/")),
}


@pytest.fixture
def conversation(acme, new_conversation):
    """Create one with a routing decision, so that every route has a row."""
    goes_online(acme.bob)
    return new_conversation("Do you deliver?")


def find_violations(page, frame=None):
    """Check the colours that the page has, and in the other ones only the rules about colour.

    The next page then has the other colours, so each page changes them once.
    """
    frame = frame or page
    frame.evaluate(AXE)
    found = frame.evaluate(RUN)
    other = "light" if frame.evaluate(IS_DARK) else "dark"
    page.emulate_media(color_scheme=other)
    return found + [f"{other} {each}" for each in frame.evaluate(RUN, COLOURS)]


def find_violations_on(page, urls):
    """Return {url: violations} for the pages that have any."""
    found = {}
    for url in urls:
        page.goto(url)
        if wrong := find_violations(page):
            found[url] = wrong
    return found


def is_page(answer):
    return not answer.streaming and b"<html" in answer.content[:2000]


def only_pages(urls, membership=None):
    """Yield the URLs that answer with a page. They are requested without a browser."""
    client = Client()
    if membership:
        client.force_login(membership.user)
    for url in urls:
        answer = client.get(url, headers={"Accept": "text/html"})
        if answer.status_code == 200 and is_page(answer):
            yield url


def test_no_page_of_a_workspace_has_a_violation(acme, stack, conversation, sign_in):
    """Each route that answers a GET is checked, or listed as one that isn't a page."""
    acme.bob.role = acme.alice.role  # the samples of routes for one member are Bob's
    acme.bob.save()
    client, pages, no_pages = Client(), [], set()
    client.force_login(acme.bob.user)
    for route, url in addresses(acme, conversation):
        answer = client.get(url, headers={"Accept": "text/html"})
        if answer.status_code == 200 and is_page(answer):
            pages.append(f"{stack.app}{url}")
        elif answer.status_code != 405:
            no_pages.add(route.name)
    assert no_pages == PARTS | FILES | REDIRECTS
    assert find_violations_on(sign_in(acme.bob).new_page(), pages) == {}


def test_no_step_of_an_import_has_a_violation(acme, stack, sign_in):
    State = ContactImport.State
    row = ContactImport.objects.create(
        workspace=acme.workspace,
        by=acme.alice,
        file_name="contacts.csv",
        header=["Name", "Phone"],
        samples=[["Ada", "12"]],
        columns=["name", "phone"],
        row_count=2,
        counts={"created": 1, "updated": 1, "unchanged": 0, "labels": 0},
    )
    page = sign_in(acme.alice).new_page()
    url = stack.app + reverse("contact-import", args=[acme.workspace.slug, row.pk])
    found = {}
    for state in State:
        row.state = state
        row.errors = [[2, 1, "phone", "12"]] if state == State.CHECKED else []
        row.error_count = len(row.errors)
        row.save()
        if wrong := find_violations_on(page, [url]):
            found[state] = wrong
    assert found == {}


def test_the_desk_has_no_violation_on_a_phone(acme, conversation, at_desk):
    """A phone shows the list or the open conversation, and its details over that."""
    bob = at_desk(acme.bob, view="all", **PHONE)
    expect(bob.rows).to_be_visible()
    assert find_violations(bob.page) == []
    bob.rows.get_by_role("link").tap()
    expect(bob.field).to_be_visible()
    assert find_violations(bob.page) == []
    bob.page.get_by_role("button", name="Details", exact=True).tap()
    expect(bob.assignee).to_be_visible()
    assert find_violations(bob.page) == []


def test_no_page_of_an_account_has_a_violation(acme, stack, sign_in, open_context):
    fixed = [f"/{path}" for path, _route in other_routes() if not path.startswith(NOT_OURS)]
    fixed = [path for path in fixed if "<" not in path]
    signed_in = [f"{stack.app}{url}" for url in only_pages(fixed, acme.bob)]
    signed_out = [f"{stack.app}{url}" for url in only_pages(fixed)]
    assert len(signed_in) > 3
    assert len(signed_out) > 3
    assert find_violations_on(sign_in(acme.bob).new_page(), signed_in) == {}
    assert find_violations_on(open_context().new_page(), signed_out) == {}


@pytest.fixture
def linked(acme):
    """Return {route: a URL of it} for the pages outside workspaces."""
    user, agent = acme.bea.user, acme.workspace.roles.get(key="agent")
    new_email = user.email.replace("bea", "noor")
    invitation = invite_member(
        acme.workspace, email=new_email, name="Noor", role=agent, by=acme.alice
    )
    reply_address = ReplyAddress.objects.create(workspace=acme.workspace, email="v@x.example")
    email_address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
    mail = LocalMail.objects.create(sender="a@b.example", recipient=user.email, subject="S")
    reset = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return {
        "invitations/<str:token>/": copy_link(invitation, by=acme.alice),
        "unsubscribe/<str:token>/": reverse("unsubscribe", args=[reply_address.token]),
        # Without the chat window, which is checked below.
        "c/<slug:key>/": reverse("chat-page", args=[acme.inbox.key]) + "?plain=1",
        "mailbox/<int:pk>/": reverse("mailbox-mail", args=[mail.pk]),
        "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": reverse(
            "account_confirm_email", args=[EmailConfirmationHMAC(email_address).key]
        ),
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": reverse(
            "account_reset_password_from_key", kwargs=reset
        ),
    }


def test_no_page_that_a_link_leads_to_has_a_violation(acme, stack, linked, sign_in, open_context):
    with_arguments = {path for path, _route in other_routes() if "<" in path}
    ours = {
        path for path in with_arguments if not path.startswith((*NOT_OURS, "widget/", "admin/"))
    }
    assert ours == linked.keys() | OTHER_NO_PAGES
    urls = [urljoin(stack.app, url) for url in linked.values()]
    assert find_violations_on(open_context().new_page(), urls) == {}
    # For someone else who is signed in.
    invitation = linked["invitations/<str:token>/"]
    assert find_violations_on(sign_in(acme.bob).new_page(), [invitation]) == {}


def test_no_page_about_an_error_has_a_violation(acme, stack, sign_in, console):
    console.expect("403 (Forbidden)")
    console.expect("404 (Not Found)")
    urls = [
        f"{stack.app}/w/{acme.workspace.slug}/{path}" for path in ("none/", "settings/general/")
    ]
    urls += [f"{stack.app}/{path}" for path in ("none/", "invitations/none/", "c/none/")]
    assert find_violations_on(sign_in(acme.bob).new_page(), urls) == {}


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
def test_the_opened_chat_has_no_violation(acme, on_website, conversation, size):
    vera = on_website(**size).open()
    vera.writes("Hello?")
    assert find_violations(vera.page, vera.inner_frame()) == []
