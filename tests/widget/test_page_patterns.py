"""Which pages a pattern names. The browser uses the same regular expressions."""

import json
import re
import subprocess
import time

import pytest

from tests.static.test_scripts import NODE
from widget.page_patterns import rule_regex

CASES = [
    ("/pricing", "https://shop.example/pricing", True),
    ("/pricing", "https://shop.example/pricing/", True),
    ("/pricing", "https://shop.example/pricing?plan=a#top", True),
    ("/pricing", "https://shop.example/pricing/teams", False),
    ("/pricing", "https://shop.example/en/pricing", False),
    ("/pricing", "https://shop.example/?next=/pricing", False),
    ("/", "https://shop.example/", True),
    ("/", "https://shop.example/cart", False),
    ("/docs/*", "https://shop.example/docs/start?x=1", True),
    ("/docs/*", "https://shop.example/docs", False),
    ("/*/cart", "https://shop.example/en/cart", True),
    ("/*/cart", "https://shop.example/en/gb/cart/", True),
    ("/*/cart", "https://shop.example/cart", False),
    ("/a*b*c", "https://shop.example/a-b-b-c", True),
    ("/a*b*c", "https://shop.example/a-c-b", False),
    ("*checkout*", "https://shop.example/en/checkout/pay", True),
    ("*checkout*", "https://shop.example/en/cart", False),
    ("*.pdf", "https://shop.example/price.pdf", True),
    ("/a.c", "https://shop.example/abc", False),
    ("/a+(b)[c]{1}$^|\\", "https://shop.example/a+(b)[c]{1}$^|\\", True),
    ("https://shop.example/cart", "https://shop.example/cart", True),
    ("https://shop.example/cart", "http://shop.example/cart", False),
    ("shop.example/cart", "http://shop.example/cart", True),
    ("shop.example/cart", "https://evil.example/shop.example/cart", False),
    ("/search?q=*", "https://shop.example/search?q=lamp#top", True),
    ("/search?q=*", "https://shop.example/search", False),
    ("/app#/cart", "https://shop.example/app#/cart", True),
    ("/app#/cart", "https://shop.example/app#/cart/2", False),
    ("**", "https://shop.example/", True),
]


@pytest.mark.parametrize(("pattern", "url", "matches"), CASES)
def test_a_pattern_names_pages(pattern, url, matches):
    assert bool(re.search(rule_regex([pattern], []), url)) == matches
    assert bool(re.search(rule_regex([], [pattern]), url)) != matches


@pytest.mark.skipif(not NODE.exists(), reason="Playwright has no Node.js for this machine")
def test_browsers_agree():
    cases = [[rule_regex([pattern], []), url, matches] for pattern, url, matches in CASES]
    script = f"""const cases = {json.dumps(cases)};
    const wrong = cases.filter(([rule, url, matches]) => Boolean(url.match(rule)) !== matches);
    console.log(JSON.stringify(wrong));"""
    done = subprocess.run([NODE, "-"], input=script, capture_output=True, text=True, timeout=30)
    assert json.loads(done.stdout) == []


def test_pages_to_hide_win_over_pages_to_show():
    rule = rule_regex(["/docs/*", "/help/*/a*b"], ["/docs/*/private*", "/docs/old"])
    shown = [
        path
        for path in ("/docs/a", "/docs/a/private", "/docs/old", "/help/x/ab", "/cart")
        if re.search(rule, f"https://shop.example{path}")
    ]
    assert shown == ["/docs/a", "/help/x/ab"]


def test_without_patterns_there_is_no_rule():
    assert rule_regex([], []) == ""


def test_no_pattern_keeps_a_browser_busy():
    rule = rule_regex(["/" + "a*" * 40 + "b"], ["/" + "*a" * 40 + "x"])
    started_at = time.thread_time()
    assert not re.search(rule, "https://shop.example/" + "a" * 4000)
    assert time.thread_time() - started_at < 0.5
