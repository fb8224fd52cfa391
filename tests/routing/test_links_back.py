"""A mail to a contact leads only to sites that the inbox knows as its own."""

import pytest

from inbox.models import Conversation
from routing.links_back import link_back
from tests.routing.chat import MINUTE, Chat, mails


def page(acme, address, *sites):
    acme.inbox.allowed_sites = list(sites)
    return link_back(Conversation(inbox=acme.inbox, page_url=address))


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://shop.example/lamps", "https://shop.example/lamps"),
        ("https://SHOP.example/lamps", "https://SHOP.example/lamps"),
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
def test_the_link_back_leads_to_the_inboxs_sites_only(acme, address, link):
    assert page(acme, address, "https://*.acme.example", "https://shop.example") == link


def test_without_a_known_site_there_is_no_link(acme):
    assert page(acme, "https://shop.example/lamps") == ""
    assert page(acme, "", "https://*.acme.example") == ""


def test_a_claimed_page_is_not_in_the_mail(acme, vera):
    vera.posts("Hello?", page="https://evil.example/login")
    vera.call("email/", {"email": "victim@example.com"})
    chat = Chat(acme, vera)
    chat.bob_answers("Hello!")
    chat.pass_time(5 * MINUTE)
    [message] = mails()
    assert "evil.example" not in message.body + message.alternatives[0].content
    assert "come back to the page where you wrote to us" in message.body
