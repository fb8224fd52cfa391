"""An origin becomes part of a header, so nothing else may get in with it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messagehub.lib.origin import is_loopback, parse_origin

STRICT = re.compile(r"https?://((\*\.)?[a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://a.example", "https://a.example"),
        ("http://A.Example:8000", "http://a.example:8000"),
        ("  https://a.example/cart?x=1#part ", "https://a.example"),
        ("HTTPS://a.example", "https://a.example"),
        ("https://*.a.example", "https://*.a.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://*.bücher.example", "https://*.xn--bcher-kva.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:80", "http://127.0.0.1:80"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]"),
    ],
)
def test_the_origin_of_a_url(address, origin):
    assert parse_origin(address) == origin


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a.example",
        "//a.example",
        "https://",
        "https:///path",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example",
        "https://user@a.example",
        "https://user:word@a.example",
        "https://a.example@evil.example",
        "https://*",
        "https://*.",
        "https://*.*.example",
        "https://a.*.example",
        "https://a*.example",
        "https://-a.example-",
        "https://a..example",
        "https://a.example; script-src *",
        "https://a.example;script-src",
        "https://a.example,https://b.example",
        "https://a.example https://b.example",
        "https://a.example\n; script-src *",
        "https://a.example\x00",
        "https://'self'",
        "https://a.example\uff1b",
        "https://a.example:99999",
        "https://a.example:x",
        "https://a.example:-1",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        f"https://{'a' * 64}.example",
        f"https://{'ü' * 60}.example",
    ],
)
def test_anything_else_is_refused(address):
    with pytest.raises(ValueError):
        parse_origin(address)


PIECES = st.sampled_from("aü.*:[]@/?#;, \n\t'%8")


@given(st.sampled_from(["http://", "https://"]), st.text() | st.lists(PIECES).map("".join))
@example("https://", "a.example\r\nSet-Cookie: x=1")
def test_any_text_is_a_strict_origin_or_refused(scheme, rest):
    try:
        origin = parse_origin(scheme + rest)
    except ValueError:
        return
    assert STRICT.fullmatch(origin)
    assert parse_origin(origin) == origin


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://localhost:8000", True),
        ("https://localhost", True),
        ("http://shop.localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://127.8.9.1", True),
        ("http://[::1]:8000", True),
        ("https://chat.example.com", False),
        ("http://192.168.1.5:8000", False),
        ("https://localhost.example.com", False),
    ],
)
def test_an_origin_that_only_this_machine_can_use(origin, expected):
    assert is_loopback(origin) is expected
