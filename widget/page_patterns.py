"""Patterns for pages, such as /pricing or https://shop.example/help/*, as regular expressions.

The browser tests them against the page's URL. "*" stands for any characters. Each part after a "*"
is matched in an atomic group (a lookahead and a back-reference), which is enough for wildcards and
takes time linear in the URL's length: no pattern can make a visitor's browser busy.
"""

import re

SPECIAL = re.compile(r"[\\^$.|?*+()\[\]{}/]")
SITE = "https?://[^/]+"


def rule_regex(shown_on, hidden_on) -> str:
    """Return an expression for the URLs of pages that match the first and not the second, or ""."""
    groups = Groups()
    hidden = "|".join(groups.add(each) for each in hidden_on)
    shown = "|".join(groups.add(each) for each in shown_on)
    if not hidden and not shown:
        return ""
    return "^" + (f"(?!(?:{hidden})$)" if hidden else "") + (f"(?:{shown})$" if shown else "")


class Groups:
    """Numbers the groups of one expression."""

    def __init__(self):
        self.count = 0

    def add(self, pattern: str) -> str:
        """Return the expression for a pattern, which matches a whole URL."""
        prefix = ""
        if pattern.startswith("/"):
            prefix = SITE
        elif "://" not in pattern and not pattern.startswith("*"):
            prefix = "https?://"
        first, *parts = re.split(r"\*+", pattern)
        result = prefix + escape(first)
        last = parts.pop() if parts else None
        for part in parts:
            self.count += 1
            result += rf"(?=(.*?{escape(part)}))\{self.count}"
        if last is not None:
            result += f".*{escape(last)}"
        return result + ending(pattern)


def ending(pattern: str) -> str:
    """A pattern without a query or fragment matches with any. A last slash doesn't matter."""
    if pattern.endswith("*"):
        return ""
    slash = "" if pattern.endswith("/") else "/?"
    if "#" in pattern:
        return ""
    return r"(?:#.*)?" if "?" in pattern else slash + r"(?:[?#].*)?"


def escape(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text).replace(r"\/", "/")


def is_pattern(text: str) -> bool:
    """Return whether a text can be a pattern: a path, a URL, or text after a wildcard."""
    if re.search(r"\s", text):
        return False
    host = text.partition("/")[0]
    return text.startswith(("/", "*", "http://", "https://")) or "." in host
