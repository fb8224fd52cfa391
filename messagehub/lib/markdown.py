"""Show what agents write with Markdown: as HTML for pages and emails, and as plain text.

Threat: a script or a foreign style in a reply, which visitors and colleagues would run. HTML in the
text is text, the parser makes only the elements below, and nh3 removes everything else from its
result. The parser's work is limited too: see tests/house/test_markdown.py.
"""

import re
from functools import cache, lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it.renderer import RendererHTML

from messagehub.lib.links import link_text
from messagehub.lib.markdown_rules import build_parser

TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "blockquote", "code", "pre"}
CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "li": {"value"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener noreferrer",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
# A cheap check that misses nothing that formats, and mostly saves the ten times slower parser.
MAY_FORMAT = re.compile(r"[*_`\[\\>]|^[ \t]*(?:-|\d{1,3}[.)])[ \t]", re.MULTILINE)
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


@lru_cache(2000)
def markdown_html(text: str) -> SafeString:
    """Render Markdown as HTML without line ends between its elements."""
    if MAY_FORMAT.search(text):
        html = CLEANER.clean(html_parser().render(text))
        return mark_safe(html.replace("'", "&#x27;"))  # as Django escapes it
    return mark_safe("".join(map(paragraph_html, BLANK_LINES.split(text))))


def paragraph_html(text):
    return f"<p>{link_text(text.rstrip())}</p>".replace("\n", "<br>")


def markdown_text(text: str) -> str:
    """Render Markdown as the plain-text part of emails shows it, with the targets of links."""
    return text_parser().render(text)


def markdown_preview(text: str) -> str:
    """Return only the words, for lists and notifications."""
    return preview_parser().render(text)


def escape_markdown(text: str, *, begins_line: bool) -> str:
    """Return Markdown that shows exactly this one line of text, as part of a longer text."""
    if markdown_preview(f"x {text}") != f"x {text}":
        text = re.sub(r"[*_`\[\]]", r"\\\g<0>", text)
    return BLOCK_MARKER.sub(r"\1\\\2", text) if begins_line else text


BLOCK_MARKER = re.compile(r"^([ \t]*\d{0,3})([>.)-])(?=[ \t>])")


@cache
def html_parser():
    return build_parser(HtmlRenderer)


@cache
def text_parser():
    return build_parser(TextRenderer)


@cache
def preview_parser():
    return build_parser(PreviewRenderer)


class HtmlRenderer(RendererHTML):
    """The library's renderer, without line ends, which would show in text that keeps them."""

    def renderToken(self, tokens, index, options, env):
        token = tokens[index]
        if token.hidden:
            return ""
        slash = "/" if token.nesting == -1 else ""
        return f"<{slash}{token.tag}{self.renderAttrs(token)}>"

    def bare_text(self, tokens, index, options, env):
        return link_text(tokens[index].content)

    def softbreak(self, tokens, index, options, env):
        return "<br>"

    def fence(self, tokens, index, options, env):
        return f"<pre><code>{escape(tokens[index].content.rstrip())}</code></pre>"

    def list_item_open(self, tokens, index, options, env):
        number = tokens[index].info
        return f'<li value="{number}">' if number else "<li>"


class TextRenderer:
    """Writes plain text: lists and quotes keep their markers."""

    __output__ = "text"
    has_markers = True

    def __init__(self, parser=None):
        self.rules = {}

    def render(self, tokens, options, env):
        written, markers, was_marked = "", [], False
        for token in tokens:
            if token.type == "list_item_open":
                markers.append(f"{token.info}. " if token.info else "- ")
            elif token.type == "blockquote_open":
                markers.append("> ")
            elif token.type in ("list_item_close", "blockquote_close"):
                markers.pop()
            elif token.type in ("inline", "fence"):
                if written:
                    written += "\n" if markers and was_marked else "\n\n"
                written += self.mark(self.block_text(token), markers)
                was_marked, markers = bool(markers), indented(markers)
        return written

    def mark(self, text, markers):
        if not self.has_markers:
            return text
        return "".join(markers) + text.replace("\n", "\n" + "".join(indented(markers)))

    def block_text(self, token):
        if token.type == "fence":
            return token.content.rstrip()
        return "".join(map(self.token_text, token.children))

    def token_text(self, token):
        if token.type == "softbreak":
            return "\n"
        if token.type == "link_close" and self.has_markers:
            href, label = token.meta["href"], token.meta["label"]
            return "" if label in (href, href.removeprefix("mailto:")) else f" ({href})"
        return token.content


def indented(markers):
    """Return what precedes the other lines of an item or quote."""
    return [each if each == "> " else " " * len(each) for each in markers]


class PreviewRenderer(TextRenderer):
    has_markers = False
