"""Shortens a script that is sent with every page of a website: comments, spaces and names.

It knows only the JavaScript that our own scripts use, in the form that the formatter gives them.
Names that the script declares itself become one or two letters. A name is left as it is if it isn't
certain that it was declared, so that the result does the same in any case.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import product
from string import ascii_letters

from messagehub.lib.joining import strip_source

TOKEN = re.compile(
    r"""
    (?P<string>"(?:\\.|[^"\\\n])*"|`[^`]*`|(?<=\()/[^/\n]+/[a-z]*)  # also regular expressions
    |(?P<number>\d[\w.]*)
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<space>\s+)
    |(?P<mark>=>|\.\.\.|\?\.|[^\w\s])
    """,
    re.VERBOSE,
)
INSERTED = re.compile(r"(\$\{[^}]*\})")
OPENING, CLOSING = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}
BEFORE_OBJECT = {*"([,=:?&|", "return", "const", "let", "of"}
KEYWORDS = set(
    """
    async await break case catch class const continue default delete do else false finally for
    function if in instanceof let new null of return static super switch this throw true try typeof
    undefined void while yield
    """.split()  # noqa: SIM905 (a list would need a line for each)
)


def shorten(text: str, name: str) -> str:
    """Return a script that does the same in fewer bytes. Each statement ends with ; or }.

    name: of its file, for the errors.
    """
    text = "\n".join(line.text for line in strip_source(text, name))
    tokens = tokenize(text)
    names = Names(tokens)
    return "".join(join_tokens(names.replace_all()))


def tokenize(text: str) -> list[tuple[str, str]]:
    """Return (kind, text) of every token except spaces."""
    tokens = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "name" and match[0] in KEYWORDS:
            kind = "keyword"
        if kind != "space":
            tokens.append((kind, match[0]))
    return tokens


def join_tokens(tokens: list[str]) -> Iterator[str]:
    """Put a space only where two tokens would otherwise be one."""
    previous = ""
    for token in tokens:
        if re.match(r"[\w$]", token) and re.search(r"[\w$]\Z", previous):
            yield " "
        yield token
        previous = token


class Names:
    """The names that a script declares, and the short ones that replace them."""

    def __init__(self, tokens: list[tuple[str, str]]):
        self.tokens = tokens
        self.texts = [text for _kind, text in tokens]
        self.partners = find_partners(self.texts)
        self.inner = {i: tokenize_inserted(text) for i, (_, text) in enumerate(tokens)}
        declared = set(self.find_declared())
        used = Counter(text for kind, text in self.all_tokens() if kind == "name")
        # A name before a colon is a property, or part of "a ? b : c". Either way it stays.
        declared -= {
            text
            for i, text in enumerate(self.texts)
            if self.is_name(i) and self.text_at(i + 1) == ":" and not self.is_member(i)
        }
        shorts = (short for short in short_names() if short not in used and short not in KEYWORDS)
        by_use = sorted(declared, key=lambda each: (-used[each], each))
        self.short = dict(zip(by_use, shorts, strict=False))

    def all_tokens(self):
        yield from self.tokens
        for inner in self.inner.values():
            yield from inner

    def is_name(self, i: int) -> bool:
        return 0 <= i < len(self.tokens) and self.tokens[i][0] == "name"

    def text_at(self, i: int) -> str:
        return self.texts[i] if 0 <= i < len(self.texts) else ""

    def is_member(self, i: int) -> bool:
        return self.text_at(i - 1) in {".", "?."}

    def find_declared(self) -> Iterator[str]:
        for i, text in enumerate(self.texts):
            if text in {"const", "let"}:
                yield from self.find_variables(i + 1)
            elif text == "function" and self.is_name(i + 1):
                yield self.texts[i + 1]
                yield from self.find_bound(i + 2)
            elif text == "=>":
                before = i - 1
                if self.is_name(before):
                    yield self.texts[before]
                elif self.texts[before] == ")":
                    yield from self.find_bound(self.partners[before])

    def find_variables(self, i: int) -> Iterator[str]:
        """Find the names of a declaration that begins here: a pattern, or names with commas."""
        if self.text_at(i) in OPENING:
            yield from self.find_bound(i)
        while self.is_name(i):
            yield self.texts[i]
            i += 2 if self.text_at(i + 1) == "," else len(self.texts)

    def find_bound(self, start: int) -> Iterator[str]:
        """Find the names between brackets: of parameters or of a pattern, without its keys."""
        for i in range(start + 1, self.partners[start]):
            if self.is_name(i) and not self.is_member(i) and self.text_at(i + 1) != ":":
                yield self.texts[i]

    def replace_all(self) -> list[str]:
        return [self.replace(i) for i in range(len(self.tokens))]

    def replace(self, i: int) -> str:
        kind, text = self.tokens[i]
        if kind == "string":
            return self.replace_inserted(text)
        if kind != "name" or self.is_member(i) or text not in self.short:
            return text
        short = self.short[text]
        return f"{text}:{short}" if self.is_shorthand(i) else short

    def replace_inserted(self, text: str) -> str:
        if not text.startswith("`"):
            return text
        parts = INSERTED.split(text)
        for i in range(1, len(parts), 2):
            inner = Names.__new__(Names)
            inner.tokens = tokenize(parts[i][2:-1])
            inner.texts = [each for _kind, each in inner.tokens]
            inner.partners, inner.short = find_partners(inner.texts), self.short
            parts[i] = f"${{{''.join(join_tokens(inner.replace_all()))}}}"
        return "".join(parts)

    def is_shorthand(self, i: int) -> bool:
        """Return whether a name is also the key of an object or pattern: { name, other = 1 }."""
        if self.text_at(i - 1) not in {"{", ","} or self.text_at(i + 1) not in {",", "}", "="}:
            return False
        depth = 0
        for before in range(i - 1, -1, -1):
            depth += (self.texts[before] in CLOSING) - (self.texts[before] in OPENING)
            if depth < 0:
                return self.texts[before] == "{" and self.text_at(before - 1) in BEFORE_OBJECT
        return False


def tokenize_inserted(text: str) -> list[tuple[str, str]]:
    if not text.startswith("`"):
        return []
    return [token for part in INSERTED.findall(text) for token in tokenize(part[2:-1])]


def find_partners(texts: list[str]) -> dict[int, int]:
    """Return the index of the other bracket for the index of each."""
    partners, opened = {}, []
    for i, text in enumerate(texts):
        if text in OPENING:
            opened.append(i)
        elif text in CLOSING:
            partners[i] = opened.pop()
            partners[partners[i]] = i
    return partners


def short_names() -> Iterator[str]:
    yield from ascii_letters
    yield from map("".join, product(ascii_letters, ascii_letters))
