"""Limits for strangers, and a race that must not cost them a reply."""

from unittest.mock import patch
from uuid import uuid4

import pytest
from django.test import Client

from inbox.actions.message import post_reply
from inbox.models import Contact, Conversation
from outbox.models import Delivery
from widget import rendering


def test_new_visitors_per_ip_address_are_limited(acme, new_visitor, settings):
    settings.VISITORS_PER_ADDRESS = 5
    visitors = [new_visitor(acme.inbox) for _ in range(7)]
    responses = [visitor.posts("spam") for visitor in visitors]
    assert [response.status_code for response in responses] == [201] * 5 + [429] * 2
    assert responses[-1].json()["retry_after"]
    assert Contact.objects.count() == 5
    assert Delivery.objects.count() == 10
    assert visitors[0].posts("known already").status_code == 201


@pytest.mark.parametrize(
    "addresses",
    [
        [f"2001:db8:1:2::{number}" for number in range(1, 8)],
        [f"192.0.2.7:{number}" for number in range(5000, 5007)],
        [f"nonsense {number}" for number in range(7)],
    ],
    ids=["one network", "one address, many ports", "invalid addresses"],
)
def test_other_spellings_of_an_ip_address_count_as_one(acme, new_visitor, settings, addresses):
    settings.VISITORS_PER_ADDRESS, settings.BEHIND_PROXY = 5, 1
    responses = [
        new_visitor(acme.inbox).posts(client=Client(headers={"X-Forwarded-For": address}))
        for address in addresses
    ]
    assert [response.status_code for response in responses] == [201] * 5 + [429] * 2


def test_the_limit_is_on_unless_turned_off(acme, settings):
    assert 0 < settings.VISITORS_PER_ADDRESS <= 100


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_reply_stored_while_the_history_renders_is_not_skipped(acme, vera, online, where):
    online(acme.bob)
    vera.writes()
    real = rendering.entry_html

    def drawing(message):
        html = real(message) if where == "after" else None
        if not Conversation.objects.get().messages.filter(body="racing").exists():
            post_reply(Conversation.objects.get(), body="racing", client_id=uuid4(), by=acme.bob)
        return html or real(message)

    with patch.object(rendering, "entry_html", drawing):
        first = vera.call("messages/?after=0").json()
    second = vera.call(f"messages/?after={first['last_seq']}").json()
    assert (first["html"] + second["html"]).count("racing") == 1
