"""Compare and search names regardless of the keyboard that typed them.

macOS and iOS type a letter and its accent as two characters, Japanese keyboards type full-width
letters, and capitalization differs by language. Both sides of a comparison go through the same
expression in PostgreSQL, so it doesn't matter how Python would fold them.
"""

import unicodedata

from django.db import connection
from django.db.models import Func, TextField, Value
from django.db.models.functions import Collate, Lower, Upper
from django.db.models.sql import Query

ACCENTS = r"[\u0300-\u036f]"


class Normalized(Func):
    """Convert a text to one of Unicode's normal forms."""

    function = "NORMALIZE"
    template = "%(function)s(%(expressions)s, %(form)s)"
    output_field = TextField()


class WithoutAccents(Func):
    function = "REGEXP_REPLACE"
    template = f"%(function)s(%(expressions)s, '{ACCENTS}', '', 'g')"
    output_field = TextField()


def folded_name(field):
    """Fold a name in SQL so that names that look the same are equal."""
    return Lower(Normalized(field, form="NFKC"))


def search_key(field):
    """Fold a name in SQL for a prefix search: "muller" finds Müller.

    The bytewise collation lets an index serve the search. The text is upper-cased first because
    some lower-case letters share a capital.
    """
    key = Lower(Upper(WithoutAccents(Normalized(field, form="NFKD"))))
    return Collate(key, "C")


def fold(text: str) -> str:
    """Return search_key() of a text.

    PostgreSQL computes it once. As a part of a condition it might do so for each row.
    """
    query = Query(None)
    compiler = query.get_compiler(connection=connection)
    sql, params = compiler.compile(search_key(Value(text)).resolve_expression(query))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", params)
        return cursor.fetchone()[0]


def name_key(name: str) -> str:
    """Fold a name in Python, to compare it with a constant."""
    return unicodedata.normalize("NFKC", name).casefold()
