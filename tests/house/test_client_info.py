"""The address of a request's client, and the network that limits count."""

import pytest
from django.test import RequestFactory

from messagehub.lib.client_info import UNKNOWN_ADDRESS, ClientInfo, client_address


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:5678", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:5678", "2001:db8::1"),
        ("2001:0DB8::0001", "2001:db8::1"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
        ("_hidden:80", None),
        ("192.0.2.7:x", None),
        ("[", None),
    ],
)
def test_the_address_that_our_proxy_reports(settings, forwarded, address):
    settings.BEHIND_PROXY = 1
    request = RequestFactory().get("/", headers={"X-Forwarded-For": f"203.0.113.9, {forwarded}"})
    assert client_address(request) == address


def test_without_a_proxy_forwarded_addresses_are_ignored(settings):
    settings.BEHIND_PROXY = 0
    headers = {"X-Forwarded-For": "203.0.113.9, 192.0.2.7"}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="198.51.100.7")
    assert client_address(request) == "198.51.100.7"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8:1:3::9", "2001:db8:1:3::"),
        (None, UNKNOWN_ADDRESS),
    ],
)
def test_a_network_counts_as_one(address, counted):
    assert ClientInfo(address=address).network == counted
