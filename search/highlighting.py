"""Cuts out the part of a message around the words that were found, and marks these.

Threat: a message is what a stranger wrote. Its text is escaped piece by piece, and the marks are
added around the pieces, so nothing in it can be taken for a mark.
"""

import re
import unicodedata

from django.db import connection
from django.utils.html import format_html, format_html_join

WORD = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    r"|(?:(?![\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])[^\W_])"
    r"(?:(?![\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])[^\W_]|[\u0300-\u036f])*"
)
LENGTH, BEFORE = 180, 60  # characters of an excerpt, and of those before the first mark
MATCHING = """
SELECT word FROM unnest(%s::text[]) AS word
WHERE search_vector(search_config(%s), word) @@ %s::tsquery
"""


def highlight(bodies, query, language):
    """Return the excerpts of these texts as HTML. query: any of the words that were searched."""
    bodies = list(bodies)
    words = {match[0] for body in bodies for match in WORD.finditer(body)}
    marked = find_marked(words, query, language)
    return [excerpt_html(body, marked) for body in bodies]


def find_marked(words, query, language):
    """Return which of these words the search finds, as PostgreSQL compares them.

    Only words that begin like one in the query are asked about: stemming leaves the beginning.
    """
    wanted = {fold(each)[:2] for each in re.findall(r"'((?:[^']|'')+)'", query)}
    candidates = [word for word in words if fold(word)[:2] in wanted]
    if not candidates:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(MATCHING, [candidates, language, query])
        return {word for [word] in cursor.fetchall()}


def fold(word):
    decomposed = unicodedata.normalize("NFKD", word)
    return re.sub(r"[\u0300-\u036f]", "", decomposed).upper().lower()


def excerpt_html(body, marked):
    matches = [match for match in WORD.finditer(body) if match[0] in marked]
    start, end = excerpt_around(body, matches[0].start() if matches else 0)
    pieces, at = [], start
    for match in matches:
        if match.start() >= at and match.end() <= end:
            pieces.append((body[at : match.start()], match[0]))
            at = match.end()
    html = format_html_join("", "{}<mark>{}</mark>", pieces)
    before, after = "…" if start else "", "…" if end < len(body) else ""
    return format_html("{}{}{}{}", before, html, body[at:end], after)


def excerpt_around(body, position):
    """Return where the excerpt begins and ends, if possible between words."""
    start = max(0, min(position - BEFORE, len(body) - LENGTH))
    if start:
        space = body.find(" ", start, position)
        start = space + 1 if space >= 0 else start
    end = min(len(body), start + LENGTH)
    if end < len(body):
        space = body.rfind(" ", position, end)
        end = space if space > position else end
    return start, end
