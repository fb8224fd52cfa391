"""Emails to contacts link only to the inbox's own sites."""

import pytest

from inbox.models import Conversation, Inbox
from routing.emails.return_links import return_link
from tests.routing.chat import MINUTE, Chat, mails


def link_to(address, *sites, inbox=None):
    inbox = inbox or Inbox()
    inbox.allowed_sites = list(sites)
    return return_link(Conversation(inbox=inbox, page_url=address))


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://shop.example/lamps", "https://shop.example/lamps"),
        ("https://SHOP.example/lamps", "https://shop.example/lamps"),
        ("https://shop.example", "https://shop.example"),
        ("https://shop.example/l%C3%A4mpchen/", "https://shop.example/l%C3%A4mpchen/"),
        ("https://shop.example/lämpchen/", "https://shop.example/l%C3%A4mpchen/"),
        ("https://shop.example/a'<b>(x)", "https://shop.example/a%27%3Cb%3E%28x%29"),
        ("https://shop.example/a\u200bb", "https://shop.example"),
        ("https://shop.example/a?token=x#y", "https://shop.example/a"),
        ("https://shop.example/\nPay now at https://evil.example/x", "https://shop.example"),
        ("https://shop.\nexample/a", "https://shop.example"),
        ("https://www.acme.example/\tPay at evil.example", "https://shop.example"),
        ("https://shop.example/ Pay now", "https://shop.example"),
        ("https://shop.example/\u2028Pay", "https://shop.example"),
        ("https://shop.example\\@evil.example/", "https://shop.example"),
        ("https://www.acme.example/a", "https://www.acme.example/a"),
        ("https://evil.example/lamps", "https://shop.example"),
        ("http://shop.example/lamps", "https://shop.example"),
        ("https://shop.example:8443/", "https://shop.example"),
        ("https://shop.example@evil.example/", "https://shop.example"),
        ("https://shop.example.evil.example/", "https://shop.example"),
        ("https://evil-acme.example/", "https://shop.example"),
        ("https://acme.example.evil.example/", "https://shop.example"),
        ("javascript:alert(1)", "https://shop.example"),
        ("https://[::1/", "https://shop.example"),
        ("", "https://shop.example"),
    ],
)
def test_the_link_leads_only_to_the_inboxs_sites(address, link):
    assert link_to(address, "https://*.acme.example", "https://shop.example") == link


def test_without_a_known_site_there_is_no_link():
    assert link_to("https://shop.example/lamps") == ""
    assert link_to("", "https://*.acme.example") == ""


def test_without_sites_the_first_one_opened_is_trusted(acme, client):
    frame = f"/widget/{acme.inbox.key}/frame/"
    for site in ("https://shop.example/basket?token=x", "https://evil.example/"):
        assert client.get(frame, headers={"Referer": site}).status_code == 200
    inbox = acme.inbox
    inbox.refresh_from_db()
    assert inbox.first_site == "https://shop.example"
    for address, link in {
        "https://shop.example/lamps": "https://shop.example/lamps",
        "https://evil.example/lamps": "",
        "https://www.shop.example/": "",
    }.items():
        assert link_to(address, inbox=inbox) == link
    other = "https://other.example"
    assert link_to("https://shop.example/", other, inbox=inbox) == other


@pytest.mark.parametrize("site", ["", "nonsense", "https://[::1/", "javascript:alert(1)"])
def test_without_a_referrer_no_site_is_known(acme, client, site):
    client.get(f"/widget/{acme.inbox.key}/frame/", headers={"Referer": site})
    acme.inbox.refresh_from_db()
    assert (acme.inbox.first_site, bool(acme.inbox.first_embedded_at)) == ("", True)
    assert link_to("https://shop.example/lamps", inbox=acme.inbox) == ""


def test_a_claimed_page_is_not_in_the_email(acme, vera):
    vera.posts("Hello?", page="https://evil.example/login")
    vera.call("email/", {"email": "victim@example.com"})
    chat = Chat(acme, vera)
    chat.bob_answers("Hello!")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert "evil.example" not in message.body + message.alternatives[0].content
    assert "go back to the page where you wrote to us" in message.body


SENTENCE = "https://shop.example/\nYour account ends. Go to https://evil.example/login"


def test_a_page_with_a_strangers_sentence_is_refused(vera):
    for end in ("\n", "\r\n", "\t", " ", "\x0b", "\x85", "\u2028"):
        answer = vera.posts("Hello?", page=SENTENCE.replace("\n", end))
        assert answer.status_code == 400
    assert not Conversation.objects.exists()


def test_a_sentence_stored_as_a_page_is_not_in_the_email(acme, vera):
    acme.inbox.allowed_sites = ["https://shop.example"]
    acme.inbox.save()
    chat = Chat(acme, vera).begin("victim@example.com")
    Conversation.objects.update(page_url=SENTENCE)
    chat.bob_answers("Hello!")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    for part in (message.body, message.alternatives[0].content):
        assert "https://shop.example" in part
        assert "evil.example" not in part
        assert "account ends" not in part
