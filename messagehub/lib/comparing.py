"""Names compared as people compare them, whatever keyboard typed them.

macOS and iOS type a letter and its accent as two characters, Japanese keyboards type letters in
full width, and capital letters differ by language. Both sides of a comparison go through the same
expression in PostgreSQL, so it does not matter how Python would have written them.
"""

import unicodedata

from django.db.models import Func, TextField
from django.db.models.functions import Collate, Lower, Upper

ACCENTS = r"[\u0300-\u036f]"


class Normalized(Func):
    """One of Unicode's normal forms."""

    function = "NORMALIZE"
    template = "%(function)s(%(expressions)s, %(form)s)"
    output_field = TextField()


class WithoutAccents(Func):
    function = "REGEXP_REPLACE"
    template = f"%(function)s(%(expressions)s, '{ACCENTS}', '', 'g')"
    output_field = TextField()


def same_name(field):
    """Two names with the same key are the same to a reader."""
    return Lower(Normalized(field, form="NFKC"))


def search_key(field):
    """What the beginning of a name is looked up by: "muller" finds Müller. By bytes, for the index.

    In capital letters first: some small letters have one capital letter in common.
    """
    key = Lower(Upper(WithoutAccents(Normalized(field, form="NFKD"))))
    return Collate(key, "C")


def name_key(name: str) -> str:
    """Fold a name that is compared with texts of ours."""
    return unicodedata.normalize("NFKC", name).casefold()
