"""Compare names as people do: the keyboard that typed them makes no difference.

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


def folded_name(field):
    """Fold a name so that names which read the same are equal."""
    return Lower(Normalized(field, form="NFKC"))


def search_key(field):
    """Fold a name for the search by its beginning: "muller" finds Müller.

    Collated by bytes, so that an index serves it. Capitals come first because some small letters
    share a capital.
    """
    key = Lower(Upper(WithoutAccents(Normalized(field, form="NFKD"))))
    return Collate(key, "C")


def name_key(name: str) -> str:
    """Fold a name that is compared with texts of ours."""
    return unicodedata.normalize("NFKC", name).casefold()
