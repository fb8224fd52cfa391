"""Which parts of a message become links, and where they lead."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messagehub.lib.templatetags.text import message_text
from tests.clock import takes_less_than


class Links(HTMLParser):
    """The text of a page, and its links as (href, visible text)."""

    def __init__(self, html):
        super().__init__()
        self.text, self.links, self.tags = "", [], set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add((tag, *(name for name, _value in attrs)))
        self.links.append([dict(attrs)["href"], ""])
        self.is_open = True

    def handle_endtag(self, tag):
        self.is_open = False

    is_open = False

    def handle_data(self, data):
        self.text += data
        if self.is_open:
            self.links[-1][1] += data


def links(text):
    return [tuple(link) for link in Links(message_text(text)).links]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"see {address}", [address])
        for address in (
            "https://shop.example.com/cart?sku=1&currency=EUR&region=eu",
            "https://shop.example.com/log?x=1&timestamp=171&section=3&notify=1&param=a&copy=2&lt=3",
            "https://shop.example.com/?a=1&amp=2&#x41;&quot=3&nbsp=4",
            "http://localhost:8000/a?b=c#d",
            "HTTPS://Example.com/A%20b",
            "https://example.com/it's",
            "https://example.com/a_(b)",
            "https://user:word@example.com/",
        )
    ]
    + [
        (
            "(https://en.wikipedia.org/wiki/Foo_(bar)).",
            ["https://en.wikipedia.org/wiki/Foo_(bar)"],
        ),
        ("javascript:alert(1) file:///etc/passwd", []),
        ("javascript://example.com/%0aalert(1) data:text/html,x vbscript:x", []),
        ("ftp://example.com //example.com", []),
        ("<https://example.com/in-angle>", ["https://example.com/in-angle"]),
        (
            "https://example.com/a, https://example.com/b!",
            ["https://example.com/a", "https://example.com/b"],
        ),
        ("看：https://example.com/a。谢谢", ["https://example.com/a"]),
        ("https://пример.рф/путь", ["https://пример.рф/путь"]),
    ],
)
def test_a_url_leads_where_it_says(text, found):
    assert links(text) == [(address, address) for address in found]


@pytest.mark.parametrize(
    "address",
    ["sean.o'brien@example.com", "a+b=c&d@example.co.uk", "x_1@mail.example.studio", "a@bücher.de"],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [("write to ", " please"), ("'", "'"), ("Sean <", ">"), ("(", ")."), ("Email:", ", or call")],
)
def test_an_email_address_is_linked_whole(address, before, after):
    assert links(before + address + after) == [(f"mailto:{address}", address)]


@pytest.mark.parametrize(
    "text",
    [
        "sean.o’brien@example.com",
        "a?cc=other@example.com",
        "50%off@example.com",
        "a/b@example.com",
        "jörg@example.com",
        "请联系sales@example.com",
        f"{'a' * 65}@example.com",
        "me@example",
    ],
)
def test_the_end_of_an_email_address_is_not_linked(text):
    assert links(text) == []


def test_a_mailto_url_keeps_only_the_address():
    text = "mailto:sean.o'brien@example.com?cc=other@example.org&body=x"
    address = "mailto:sean.o'brien@example.com"
    assert links(text) == [(address, address)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("www.example.de/a?b=1&lt=2", "www.example.de/a?b=1&lt=2"),
        ("(Example.com:8080/a).", "Example.com:8080/a"),
        ("shop.example.org", "shop.example.org"),
    ],
)
def test_a_host_without_a_scheme_is_linked_by_its_form(text, found):
    assert links(text) == [(f"http://{found}", found)]


@pytest.mark.parametrize(
    "text",
    [
        "main.py README.md",
        "ok.so what",
        "fine.it works",
        "10.0.0.1",
        "www.",
        "com.example",
        "a.com.b",
    ],
)
def test_file_names_and_sentences_are_not_linked(text):
    assert links(text) == []


def test_a_link_sends_no_referrer_and_no_opener():
    attributes = {'rel="nofollow noopener noreferrer"', 'target="_blank"'}
    for text in ("https://example.com", "www.example.com", "a@example.com"):
        assert all(attribute in message_text(text) for attribute in attributes)


PIECES = st.sampled_from(
    ["http://", "https://", "www.", "mailto:", "javascript:", "a@", "example.com", "<script>"]
    + ["/", "?a=1", "&lt;", "&", "<", ">", '"', "'", "(", ")", " ", "\n", "\u200b", "é", "。"]
)


@given(st.lists(PIECES | st.text(max_size=4)).map("".join))
def test_every_text_is_shown_as_typed(text):
    text = re.sub(r"[\x00\r]|[\ud800-\udfff]", "", text)
    page = Links(message_text(text))
    assert page.text == text
    assert page.tags <= {("a", "href", "rel", "target")}
    for href, shown in page.links:
        assert re.match(r"(https?:|mailto:)", href, re.IGNORECASE)
        assert href.removeprefix("http://").removeprefix("mailto:").endswith(shown) or href == shown


@pytest.mark.parametrize(
    "pattern",
    ["http://", "a@a@", "((((", "http://a.b/(", "http://a.b/'", 'http://a.b/"', "http://a.b/["]
    + ["www.", "mailto:", "a.", "o'", "&lt;", "http://a.b/x", "x@x.de ", "http://a.b/x "],
)
def test_hostile_text_takes_linear_time(pattern):
    size = 40_000
    for text in (pattern * (size // len(pattern)), f"{pattern * 2000:.2000} " * (size // 2001)):
        # Linear work takes half a second, quadratic work three to five.
        assert takes_less_than(2.5, lambda text=text: message_text(text))
