"""Turn links in messages into safe HTML. linkify-it finds them.

Threats: a link that leads elsewhere than its text says, a script instead of a URL, and a text made
to keep the server busy. The library reads the text as typed, and every part is escaped only
afterwards, so nothing in a URL is taken for an HTML entity.

These become links:

- http, https and mailto URLs;
- hosts that begin with "www." or end in one of GENERIC_TLDS. Other top-level domains don't count,
  because "main.py", "README.md" and a sentence without its space ("ok.so", "fine.it works") would
  become links to strangers' websites;
- email addresses with any top-level domain, linked whole or not at all.

A link's text is the text as typed, even for hosts in other scripts; the browser shows its target.
"""

import re
from functools import cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt

GENERIC_TLDS = ["com", "edu", "gov", "int", "mil", "net", "org"]
# Django's own limit for URLs. It also limits the library's work, which grows with the square of
# the length for some URLs.
MAX_LENGTH = 2048
NEW_TAB = mark_safe(' rel="nofollow noopener noreferrer" target="_blank"')

# A cheap check that misses no link and mostly saves the expensive one.
MAY_LINK = re.compile(rf"://|@|www\.|\.(?:{'|'.join(GENERIC_TLDS)}|xn--)", re.IGNORECASE)
# Chinese and Japanese have no spaces, so their punctuation separates a URL from the text.
WORD = re.compile(r"[^\s，。、；：！？（）「」『』【】《》〈〉]+")

# RFC 5322 allows more characters in a mailbox name, but a mailto: URL gives "?", "#", "%" and "/"
# a special meaning.
MAILBOX = r"[a-z0-9_!$&'*+=~-]"
# These may precede an address. After any other character it is the end of a longer address, and
# linking only the end would lead to someone else's mailbox.
OPENING = r"""<>()\[\]{}"„“”‚‘«»‹›|:;,"""


class Linkifier(LinkifyIt):
    """linkify-it with our rules for links that are typed without a scheme."""

    def __init__(self):
        super().__init__(schemas={"ftp:": None, "//": None})
        self.tlds(GENERIC_TLDS)

    def _on_compile(self):
        parts = self.re
        # A quotation mark before the name doesn't belong to it: 'sean@example.com'.
        before = rf"((?<![^{OPENING}])'?)"
        # At most 64 characters (RFC 5321), without a dot at either end.
        parts["src_email_name"] = rf"[a-z0-9_](?:\.?{MAILBOX}){{0,63}}"
        host = rf"(?:{parts['src_domain']}\.)+"
        end = parts["src_host_terminator"]
        root = rf"(?:{parts['src_xn']}|(?!\d){parts['src_pseudo_letter']}{{2,63}})"
        parts["tpl_email_fuzzy"] = rf"{before}({parts['src_email_name']}@{host}{root}{end})"
        named = rf"(?:www\.{host}{root}|{host}(?:%TLDS%))"
        parts["tpl_link_no_ip_fuzzy"] = (
            rf"(^|(?![.:/\-_@])(?:[$+<=>^`|\uff5c]|{parts['src_ZPCc']}))"
            rf"((?![$+<=>^`|\uff5c]){named}{parts['src_port']}{end}{parts['src_path']})"
        )


@cache
def linkifier() -> Linkifier:
    return Linkifier()


def link_text(text: str) -> SafeString:
    """Escape the text and turn its URLs and email addresses into links."""
    if not MAY_LINK.search(text):
        return escape(text)
    parts, end = [], 0
    for word in WORD.finditer(text):
        for link in find_links(word.group()):
            start = word.start() + link.index
            parts += [escape(text[end:start]), link_html(link)]
            end = word.start() + link.last_index
    return mark_safe("".join([*parts, escape(text[end:])]))


def find_links(word: str):
    """Find the links in a text without spaces, which no link contains."""
    if len(word) > MAX_LENGTH or not MAY_LINK.search(word):
        return []
    return linkifier().match(word) or []


def link_html(link) -> SafeString:
    return format_html('<a href="{}"{}>{}</a>', link.url, NEW_TAB, link.raw)
