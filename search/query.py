"""Reads what someone types into the search, and turns it into a tsquery.

The syntax is as in web searches: all words, "these in a row", -without, or. PostgreSQL's own
websearch_to_tsquery() knows neither prefixes nor two ways to compare a word side by side.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from messagehub.lib.invisible import clean_line
from messagehub.lib.text import parse_number

MAX_LENGTH = 200
MAX_TERMS = 16
MIN_LENGTH = 2
TOKEN = re.compile(r'(-?)"([^"]*)"?|(\S+)')
IN_A_ROW = re.compile(r"<(?:-|\d+)>")
QUOTES = str.maketrans("“”„«»", '"""""')


@dataclass(frozen=True)
class Term:
    text: str
    is_phrase: bool = False
    is_excluded: bool = False
    is_prefix: bool = False

    @property
    def sql(self):
        """Return the SQL of a tsquery and its parameters, for the workspace's language."""
        if self.is_phrase:
            return "search_phrase(%s)", [self.text]
        return "search_term(search_config(%s), %s, %s)", [None, self.text, self.is_prefix]


@dataclass(frozen=True)
class SearchText:
    """alternatives: lists of terms; a hit has all the terms of one of them."""

    text: str
    alternatives: tuple[tuple[Term, ...], ...]

    @classmethod
    def parse(cls, typed: str):
        typed = typed[:MAX_LENGTH]
        text = clean_line(typed)
        return cls(text, tuple(parse_alternatives(text, is_ended=typed[-1:].isspace())))

    @property
    def number(self):
        """Return the number of a conversation, if that is what was typed."""
        return parse_number(self.text.removeprefix("#"))

    @property
    def wanted(self):
        return [term for terms in self.alternatives for term in terms if not term.is_excluded]

    @property
    def is_too_short(self):
        return not any(len(term.text) >= MIN_LENGTH for term in self.wanted)

    def compile(self, language):
        wanted = [tuple(t for t in terms if not t.is_excluded) for terms in self.alternatives]
        queries = [
            build(self.alternatives),
            build(wanted),
            build([whole_words(terms) or terms for terms in wanted]),
            build([(term,) for term in self.wanted if term.is_prefix]),
            build([(term,) for term in self.wanted]),
        ]
        params = [language if each is None else each for _sql, params in queries for each in params]
        columns = ", ".join(f"({sql})::text" for sql, _params in queries)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns}", params)
            search, words, whole, prefix, any_word = cursor.fetchone()
        words, whole = (IN_A_ROW.sub("&", each) for each in (words, whole))
        return Queries(search, words, whole, prefix, IN_A_ROW.sub("|", any_word))


class Queries(NamedTuple):
    """What a search compiles to: tsqueries as PostgreSQL writes them.

    words: finds all that the search does, because it leaves out what the search excludes and that
    words are in a row. whole_words: also leaves out the word that is still being typed, if there
    are others. prefix: words that begin like it. any_word: any of the words.
    """

    search: str
    words: str
    whole_words: str
    prefix: str
    any_word: str


def parse_alternatives(text, *, is_ended):
    terms = []
    matches = list(TOKEN.finditer(text.translate(QUOTES)))[:MAX_TERMS]
    for match in matches:
        minus, phrase, word = match.groups()
        if phrase is not None:
            terms.append(Term(phrase, is_phrase=True, is_excluded=bool(minus)))
        elif word.lower() == "or" and match is not matches[-1]:
            yield from with_wanted(terms)
            terms = []
        else:
            is_last = match is matches[-1] and not is_ended
            terms.append(
                Term(word.removeprefix("-"), is_excluded=word[0] == "-", is_prefix=is_last)
            )
    yield from with_wanted(terms)


def with_wanted(terms):
    """Leave out an alternative that only excludes words: it would find nearly everything."""
    terms = tuple(term for term in terms if term.text)
    return [terms] if any(not term.is_excluded for term in terms) else []


def whole_words(terms):
    return tuple(term for term in terms if not term.is_prefix)


def build(alternatives):
    """Return the SQL of a tsquery and its parameters; None is replaced by the language."""
    either, params = [], []
    for terms in alternatives:
        every = []
        for term in terms:
            sql, term_params = term.sql
            every.append(f"!!{sql}" if term.is_excluded else sql)
            params += term_params
        either.append(f"({' && '.join(every)})")
    return " || ".join(either) or "''::tsquery", params
