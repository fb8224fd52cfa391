"""What agents write with Markdown: what formats, what stays as typed, and that nothing escapes."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messagehub.lib import markdown
from messagehub.lib.markdown import (
    CLEANER,
    TAGS,
    html_parser,
    markdown_html,
    markdown_preview,
    markdown_text,
)
from tests.clock import takes_less_than


def short(html):
    """Leave out what every link has."""
    for attribute in (' target="_blank"', ' rel="nofollow noopener noreferrer"'):
        html = html.replace(attribute, "")
    return html


FORMATTED = {
    "**bold**, *it's* and _that_": (
        "<p><strong>bold</strong>, <em>it&#x27;s</em> and <em>that</em></p>"
    ),
    "これは**太字**です": "<p>これは<strong>太字</strong>です</p>",
    "one\ntwo\n  three\n\n\nfour": "<p>one<br>two<br>  three</p><p>four</p>",
    "- a\n- b\nThanks": "<ul><li>a</li><li>b</li></ul><p>Thanks</p>",
    "* a\n  - b": "<ul><li>a<ul><li>b</li></ul></li></ul>",
    "2. Yes\n5) No": '<ol><li value="2">Yes</li></ol><ol><li value="5">No</li></ol>',
    "> Can you?\nWe can.": "<blockquote><p>Can you?</p></blockquote><p>We can.</p>",
    "Run `a*b`:\n```sh\nx *1*\n  y\n```\nDone": (
        "<p>Run <code>a*b</code>:</p><pre><code>x *1*\n  y</code></pre><p>Done</p>"
    ),
    "[our **shop**](https://a.example/x_y)": (
        '<p><a href="https://a.example/x_y">our <strong>shop</strong></a></p>'
    ),
    "**https://a.com/_b_/*c*** now": (
        '<p><strong><a href="https://a.com/_b_/*c">https://a.com/_b_/*c</a></strong>* now</p>'
    ),
    "[write](mailto:a@b.de) c_d_e@f.de": (
        '<p><a href="mailto:a@b.de">write</a> <a href="mailto:c_d_e@f.de">c_d_e@f.de</a></p>'
    ),
    r"\*no\*, \[x], \_y_": "<p>*no*, [x], _y_</p>",
    "\\- no\n1\\. no\n\\> no": "<p>- no<br>1. no<br>&gt; no</p>",
}


@pytest.mark.parametrize(("text", "html"), FORMATTED.items())
def test_what_formats(text, html):
    assert short(markdown_html(text)) == html


AS_TYPED = [
    *("5*3*2 = 30", "2 * 3 * 4", "a_b_c", "__init__.py", "*", "**", "* * *", "- - -", "_____"),
    *("1.", "-", "1)", "+ 5", "+49 30 1234", "2026. What a year", ">5 kg", "-5 °C", "# Title"),
    *("C:\\name\\*.txt", r"\\server\share", "| a | b |\n|---|---|", "---", "<b>x</b>", "&amp;"),
    *(
        "![i](x.png)",
        "[x]",
        "[x] (y)",
        "[x]()",
        "[](y)",
        "[x](y)",
        "[r](/w/acme/)",
        "{{x}}",
        "~~x~~",
    ),
    *("[x](javascript:alert)", "[x](JaVaScRiPt:alert)", "[x](data:text/html;a)", "[x](vbscript:a)"),
    *("[x](//evil.example)", "[x](\x01javascript:a)", "<javascript:alert>", "[x](file:///etc)"),
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
]


@pytest.mark.parametrize("text", AS_TYPED)
def test_what_stays_as_typed(text):
    html = markdown_html(text)
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "br"}
    assert unescape(re.sub(r"</?p>", "", html.replace("<br>", "\n"))) == text
    assert markdown_text(text) == markdown_preview(text) == text


@pytest.mark.parametrize(
    "text",
    ["[https://bank.example](https://evil.example)", "[a@bank.example](mailto:a@evil.example)"],
)
def test_a_link_whose_text_names_another_target_shows_both(text):
    html = markdown_html(text)
    assert unescape(re.sub(r"<[^>]+>", "", html)) in (text, text.replace("](", "](", 1))
    assert "evil.example</a>" in html
    assert markdown_html("[https://a.example](https://a.example/b)").count("<a ") == 1


def test_links_are_marked_and_open_a_new_tab():
    for text in ("[x](https://a.example)", "*x* https://a.example"):
        html = markdown_html(text)
        assert ' rel="nofollow noopener noreferrer"' in html
        assert ' target="_blank"' in html


PLAIN = """Hello **Vera**,

1. see [our shop](https://a.example/x)
2. or https://b.example
   - [a@b.de](mailto:a@b.de)

> quoted
> twice

```
x = *1*
  y
```"""


def test_plain_text_keeps_markers_and_the_targets_of_links():
    assert markdown_text(PLAIN) == (
        "Hello Vera,\n\n1. see our shop (https://a.example/x)\n2. or https://b.example\n"
        "   - a@b.de\n> quoted\n> twice\n\nx = *1*\n  y"
    )


def test_a_preview_has_only_the_words():
    words = " ".join(markdown_preview(PLAIN).split())
    assert words == "Hello Vera, see our shop or https://b.example a@b.de quoted twice x = *1* y"


class Elements(HTMLParser):
    """Fails if an element isn't known, or isn't closed in order."""

    def __init__(self, html):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        attributes = dict(attrs)
        if tag == "a":
            assert attributes.keys() == {"href", "rel", "target"}
            assert re.match(r"(https?://|mailto:)", attributes["href"], re.IGNORECASE)
        else:
            assert attributes.keys() <= {"value"}
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


PIECES = st.sampled_from(
    ["*", "**", "_", "`", "```", "\n", "\n\n", "- ", "1. ", "> ", "[", "](", ")", "\\", "  ", "!"]
    + [
        "https://a.com/x_y",
        "mailto:a@b.de",
        "javascript:",
        "<script>",
        "&lt;",
        '"',
        "'",
        "a",
        "é。",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4)).map("".join)
TEXTS = TEXTS.map(lambda text: re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]|[\ud800-\udfff]", "", text))
# Only numbers of lists, languages of code and URLs may add or remove letters and digits.
CHARACTERS = re.compile(r"[^\W\d_]")


@given(TEXTS)
def test_no_text_makes_other_elements(text):
    Elements(markdown_html(text))
    markdown_text(text)


@given(
    st.lists(
        st.sampled_from(["a", " ", "  b", "\n", "\n\n", "1.", "-", "é", "www.a.com", "."])
    ).map("".join)
)
def test_ordinary_text_needs_no_parser_and_looks_the_same(text):
    text = text.strip("\n ")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markdown, "html_parser", lambda: pytest.fail("parsed"))
        quick = None if markdown.MAY_FORMAT.search(text) else markdown_html.__wrapped__(text)
    if quick is not None and text:
        assert CLEANER.clean(quick) == CLEANER.clean(html_parser().render(text))


BOMBS = [
    "[",
    "[a](",
    "[[a](b) ",
    "*a **b",
    "_a _",
    "***",
    "*_",
    "`",
    "`` ` ",
    "> ",
    ">",
    "- ",
    "1. ",
]
BOMBS += [
    "- a\n",
    "  - a\n",
    "\n\n- ",
    "> - ",
    "![",
    "](",
    "\\",
    "http://",
    "http://a.b/*",
    "<a b='",
]


@pytest.mark.parametrize("pattern", BOMBS)
def test_hostile_text_takes_bounded_time_and_is_shown(pattern):
    text = (pattern * 5000)[:4999] + "§"
    assert takes_less_than(2.5, lambda: (markdown_html(text), markdown_text(text)))
    assert "§" in Elements(markdown_html(text)).text


def test_nothing_is_lost_in_deep_lists_and_quotes():
    for text in ("".join(f"{'  ' * depth}- §\n" for depth in range(40)), ">" * 400 + " §"):
        assert Elements(markdown_html(text)).text.count("§") == text.count("§")
        assert markdown_text(text).count("§") == text.count("§")
