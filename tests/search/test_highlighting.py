"""Found words are marked, and nothing that a stranger wrote becomes markup."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlighting import LENGTH, excerpt_html, highlight
from search.query import SearchText

HOSTILE = [
    "<script>alert(1)</script>",
    "<mark>kettle</mark>",
    "kettle</mark><img src=x onerror=alert(1)>",
    '"><a href="javascript:kettle">',
    "&lt;kettle&gt; &amp; {{ kettle }} %(kettle)s {0}",
    "\x02kettle\x03 ' kettle\\",
]


def text_of(excerpt):
    return html.unescape(re.sub(r"</?mark>|^…|…$", "", excerpt))


@pytest.mark.parametrize("body", HOSTILE)
def test_hostile_text_is_escaped_and_its_words_are_marked(db, body):
    [excerpt] = highlight([body], SearchText.parse("kettle alert").compile("en").any_word, "en")
    assert text_of(excerpt) == body
    assert set(re.findall(r"<[^>]*>", excerpt)) <= {"<mark>", "</mark>"}
    assert re.findall("<mark>(.*?)</mark>", excerpt) == re.findall("kettle|alert", body)


def test_the_page_escapes_what_was_typed_and_written(acme, vera, find):
    for body in HOSTILE:
        vera.writes(f"{body} kettle")
    page = find(acme.bob, '<script>alert(1)</script> or kettle or "<img>"').text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert page.count("<mark>") == page.count("</mark>") > len(HOSTILE)


WORDS = st.sampled_from(["kettle", "<b>", "&amp;", "ket", "tle", "\n", "é", "注文", "'", '"'])


@given(st.lists(WORDS | st.text(max_size=8), max_size=80), st.sets(WORDS))
def test_an_excerpt_is_a_part_of_the_text(words, marked):
    body = " ".join(words)
    excerpt = str(excerpt_html(body, marked))
    assert set(re.findall(r"<[^>]*>", excerpt)) <= {"<mark>", "</mark>"}
    part = html.unescape(re.sub("</?mark>", "", excerpt))
    assert part.removeprefix("…").removesuffix("…") in body or part in body
    assert len(part) <= LENGTH + 2


@pytest.mark.parametrize(
    ("typed", "body", "marked"),
    [
        (
            "refund",
            "Refunds, refunded. A refundable re-fund",
            ["Refunds", "refunded", "refundable"],
        ),
        ("cafe mull", "Café Müller's", ["Café", "Müller"]),
        ('"the order"', "The order", ["The", "order"]),
        ("order -paid", "paid order", ["order"]),
        ("注文", "茶を注文した", ["注", "文"]),
        ("a-1234", "Order A-1234.", ["A", "1234"]),
    ],
)
def test_the_forms_of_a_word_are_marked(db, typed, body, marked):
    [excerpt] = highlight([body], SearchText.parse(typed).compile("en").any_word, "en")
    assert re.findall("<mark>(.*?)</mark>", excerpt) == marked


def test_the_excerpt_of_a_long_text_begins_shortly_before_the_first_word(db):
    body = "before " * 400 + "kettle" + " after" * 400
    [excerpt] = highlight([body], SearchText.parse("kettle").compile("en").any_word, "en")
    assert re.fullmatch(r"…(before )+<mark>kettle</mark>( after)+…", excerpt)
