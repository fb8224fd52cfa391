"""Who the visitor is, as the website says: identify, set and logout, on pages of another origin."""

import json
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from inbox.actions.inbox import update_inbox
from inbox.actions.message import post_reply
from inbox.models import Contact, ContactIdentity, Conversation
from tests.processes import until
from tests.widget.test_identity import Website as Server

HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,">'
EARLY = "window.MessageHub ??= (...call) => (MessageHub.q ??= []).push(call);"


def page(site, *calls, script=""):
    """Return a page of the shop that makes these calls before the chat's script has loaded."""
    lines = "".join(f"MessageHub(...{json.dumps(call)});" for call in calls)
    return f"{HEAD}<title>A shop</title><script>{EARLY}{lines}{script}</script>{site.line}"


def call(visitor, *arguments):
    visitor.page.evaluate("(values) => MessageHub(...values)", list(arguments))


@pytest.fixture(autouse=True)
def a_token_is_replaced(console):
    """Verification replaces the browser's token, and what it asked with the old one is refused."""
    console.expect("401")


@pytest.fixture
def server(acme):
    return Server(acme.inbox, acme.alice)


def requests_of(context, stack):
    found = []
    context.on("request", lambda each: each.url.startswith(stack.app) and found.append(each.url))
    return found


def test_what_the_page_claims_waits_for_the_first_message(stack, embeds, site, acme):
    context = embeds()
    asked = requests_of(context, stack)
    claims = ["identify", {"name": "Vera Ito", "email": "vera@x.example", "No such thing": 1}]
    vera = site.visit(context, page(site, claims))
    expect(vera.launcher).to_be_visible()
    call(vera, "set", {"company": "Ito Ltd"})
    assert len(asked) == 1  # nothing but the script before it is opened
    vera.open()
    assert not Contact.objects.filter(workspace=acme.workspace).exists()
    with context.expect_event("console", lambda message: "No such thing" in message.text):
        vera.writes("Hello?")
    contacts = Contact.objects.filter(workspace=acme.workspace, name="Vera Ito")
    until(contacts.exists, what="the name")
    contact = contacts.get()
    assert (contact.email, contact.company) == ("vera@x.example", "Ito Ltd")
    assert contact.sources["email"] == "claimed"
    call(vera, "set", {"phone": "+49 30 1234567"})
    until(contacts.filter(phone="+49 30 1234567").exists, what="the phone number")


def test_a_verified_person_continues_in_a_different_browser(embeds, site, acme, server):
    phone = site.visit(embeds(), page(site, ["identify", {"token": server.token()}])).open()
    phone.writes("From my phone")
    laptop = site.visit(embeds(), page(site, ["identify", {"token": server.token()}])).open()
    laptop.sees("From my phone")
    conversation = Conversation.objects.get(inbox=acme.inbox)
    post_reply(conversation, body="To both", client_id=uuid4(), by=acme.bob)
    for visitor in (phone, laptop):
        visitor.sees("To both")
    assert laptop.reload().entries.count() == 2


def test_someone_who_signs_in_while_chatting_keeps_what_they_wrote(embeds, site, acme, server):
    vera = site.visit(embeds(), page(site)).open()
    vera.writes("Before I signed in")
    vera.field.fill("A draft")
    call(vera, "identify", {"token": server.token()})
    until(ContactIdentity.objects.filter(inbox=acme.inbox).exists, what="the identity")
    vera.sees("Before I signed in")
    expect(vera.field).to_have_value("A draft")
    vera.writes("After I signed in")
    assert Conversation.objects.filter(inbox=acme.inbox).count() == 1
    vera.reload().sees("Before I signed in")


@pytest.mark.firefox("tabs: they tell each other without storage that they share")
def test_logout_forgets_everything_in_all_tabs(embeds, site, acme, server):
    context = embeds()
    html = page(site, ["identify", {"token": server.token()}])
    vera = site.visit(context, html).open()
    vera.writes("For my eyes only")
    tab = site.visit(context, html, path=f"/{acme.workspace.slug}/2").open()
    tab.sees("For my eyes only")
    tab.field.fill("A draft")
    vera.field.fill("Another draft")
    old = context.cookies()
    call(vera, "logout")
    expect(vera.launcher).to_have_accessible_name("Open the chat")
    for visitor in (vera, tab):
        if visitor is tab:
            expect(visitor.launcher).to_have_accessible_name("Open the chat")
        visitor.open()
        expect(visitor.frame.locator("#composer")).to_be_visible()
        expect(visitor.entries).to_have_count(0)
        expect(visitor.field).to_have_value("")
        assert "For my eyes" not in visitor.inner_frame().content()
    stored = vera.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "draft" not in stored
    assert {each["value"] for each in old}.isdisjoint({each["value"] for each in context.cookies()})
    [identity] = ContactIdentity.objects.filter(inbox=acme.inbox)
    until(identity.visitors.exclude(revoked_at=None).exists, what="the revocation")
    vera.writes("From the next person")
    assert Conversation.objects.filter(inbox=acme.inbox).count() == 2


def test_the_next_person_on_a_shared_computer_sees_nothing(embeds, site, acme, server, console):
    console.expect("409")
    context = embeds()
    vera = site.visit(context, page(site, ["identify", {"token": server.token("vera")}])).open()
    vera.writes("Vera's order")
    path = f"/{acme.workspace.slug}/noor"  # the website has forgotten to call logout
    noor = page(site, ["identify", {"token": server.token("noor")}])
    noor = site.visit(context, noor, path=path).open()
    noor.writes("Noor's order")
    expect(noor.entries).to_have_count(1)
    assert ContactIdentity.objects.filter(inbox=acme.inbox).count() == 2
    assert noor.reload().entries.count() == 1


def test_an_inbox_that_requires_it_asks_the_website_for_a_token(
    embeds, site, acme, server, console
):
    console.expect("403", "400", "expired")
    update_inbox(acme.inbox, requires_identity=True, by=acme.alice)
    stranger = site.visit(embeds(), page(site))
    stranger.launcher.click()
    expect(stranger.frame.get_by_text("Sign in on this website to use the chat.")).to_be_visible()
    expect(stranger.frame.locator("#composer")).to_be_hidden()
    identify = f"MessageHub('identify', {{token: '{server.token()}'}})"
    answer = f"MessageHub('on', 'unverified', () => {identify});"
    expired = ["identify", {"token": server.token(life=-5)}]
    for calls in ([], [expired]):
        vera = site.visit(embeds(), page(site, *calls, script=answer)).open()
        vera.writes(f"Signed in {len(calls)}")
    assert Conversation.objects.filter(inbox=acme.inbox).count() == 1


def test_subdomains_share_one_chat_if_the_inbox_says_so(open_context, site, acme, stack):
    update_inbox(acme.inbox, allowed_sites=[], by=acme.alice)
    port = site.website.server.server_port
    path = f"/{acme.workspace.slug}"
    site.website.pages[path] = page(site)

    def visit(host):
        visitor = site.visit(context, page(site))
        visitor.page.goto(f"http://{host}:{port}{path}")
        return visitor.open()

    context = open_context()
    visit("www.shop.localhost").writes("On www")
    assert visit("help.shop.localhost").entries.count() == 0
    update_inbox(acme.inbox, cookie_domain="shop.localhost", by=acme.alice)
    context = open_context()
    visit("www.shop.localhost").writes("On both")
    visit("help.shop.localhost").sees("On both")
    assert visit("other.localhost").entries.count() == 0
