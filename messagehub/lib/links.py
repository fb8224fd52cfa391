"""Links in messages: found by linkify-it, written as HTML that is safe to show.

Threat: a link that leads elsewhere than its text says, a script instead of an address, and a text
made to keep the server busy. The library reads the text as it was typed and only then every part
is escaped, so nothing in an address is taken for an entity of HTML.

These become links:

- http, https and mailto written out;
- hosts that begin with "www." or end in one of GENERIC. Not every known ending: "main.py",
  "README.md" and a sentence without its space ("ok.so", "fine.it works") would become links to
  addresses of strangers;
- email addresses with any ending, taken whole or not at all.

The text shown is what was typed, also of hosts in other scripts; the browser shows where it leads.
"""

import re
from functools import cache

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt

GENERIC = ["com", "edu", "gov", "int", "mil", "net", "org"]
# Django's own bound for addresses. It also bounds the library's work, which grows with the square
# of the length for some addresses.
LONGEST = 2048
NEW_PAGE = mark_safe(' rel="nofollow noopener noreferrer" target="_blank"')

# A cheap check that misses no link and saves the expensive one.
MAY_LINK = re.compile(rf"://|@|www\.|\.(?:{'|'.join(GENERIC)}|xn--)", re.IGNORECASE)
# Chinese and Japanese have no spaces: their punctuation stands between an address and the text.
WORD = re.compile(r"[^\s，。、；：！？（）「」『』【】《》〈〉]+")

# RFC 5322 allows more in the name of a mailbox, but a mailto: link would read "?", "#", "%" and
# "/" as something else.
MAILBOX = r"[a-z0-9_!$&'*+=~-]"
# These may stand before an address. After any other character it is the end of a longer one, and
# linking only the end would lead to the mailbox of someone else.
OPENING = r"""<>()\[\]{}"„“”‚‘«»‹›|:;,"""


class Linkifier(LinkifyIt):
    """The library with our rules for links that are typed without a scheme."""

    def __init__(self):
        super().__init__(schemas={"ftp:": None, "//": None})
        self.tlds(GENERIC)

    def _on_compile(self):
        parts = self.re
        # A quotation mark before the name is no part of it: 'sean@example.com'.
        before = rf"((?<![^{OPENING}])'?)"
        # At most 64 characters (RFC 5321), no dot at an end.
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
    """Escape the text and make links of its addresses."""
    parts, end = [], 0
    for word in WORD.finditer(text):
        for link in links_in(word.group()):
            start = word.start() + link.index
            parts += [escape(text[end:start]), link_html(link)]
            end = word.start() + link.last_index
    return mark_safe("".join([*parts, escape(text[end:])]))


def links_in(word: str):
    """Find the links of a text without spaces; no address contains one."""
    if len(word) > LONGEST or not MAY_LINK.search(word):
        return []
    return linkifier().match(word) or []


def link_html(link) -> SafeString:
    return format_html('<a href="{}"{}>{}</a>', link.url, NEW_PAGE, link.raw)
