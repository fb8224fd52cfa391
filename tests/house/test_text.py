"""The form fields for text that people type."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from messagehub.lib.text import LineField, PlainTextField, parse_number, preview

ANY_TEXT = st.text(st.characters(exclude_categories=()))
FIELDS = [PlainTextField, LineField]


def clean(field, value):
    """Return the cleaned text, or None if it is refused."""
    try:
        return field(required=False).clean(value)
    except ValidationError:
        return None


def test_line_ends_are_normalized():
    typed = "one\r\ntwo\rthree\x0bfour\u2028five\n\n six \r\n"
    assert PlainTextField().clean(typed) == "one\ntwo\nthree\nfour\nfive\n\n six"


@pytest.mark.parametrize(
    "code",
    ["    if (x) {\n        return 1;\n    }", "\tx = 1\n\ty = 2", "  - one\n\n  - two", " x"],
)
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("\n", "\n"), (" \t\r\n\n", " \n \n"), ("\u200b\n", "  ")]
)
def test_indentation_is_kept_and_blank_lines_around_are_removed(code, before, after):
    assert PlainTextField().clean(before + code + after) == code


def test_a_line_field_has_one_line():
    assert LineField().clean("\u00a0 Noor\t\r\n  Haddad\u2028") == "Noor Haddad"


def test_a_letter_and_its_accent_are_combined():
    assert LineField().clean("Zoe\u0308") == "Zo\u00eb"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "character", ["\x00", "\x08", "\x1b", "\x7f", "\ud800", "\u202e", "\u2066", "\u2069"]
)
def test_unstorable_and_misleading_characters_are_removed(field, character):
    assert field().clean(f"a{character}b{character}") == "ab"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", ["שלום", "مرحبا", "👩\u200d👧", "naïve “quotes”", "= + - @"])
def test_all_languages_are_accepted(field, text):
    assert field().clean(text) == text


@pytest.mark.parametrize("value", [5, True, [], {}, 1.5, b"x"])
def test_other_types_are_refused(value):
    with pytest.raises(ValidationError, match="must be text"):
        PlainTextField().clean(value)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, "", " \t\n "])
def test_only_space_is_empty(field, value):
    assert field(required=False).clean(value) == ""
    with pytest.raises(ValidationError):
        field().clean(value)


def test_the_length_limit_applies_to_the_cleaned_text():
    assert LineField(max_length=3).clean("  a\r\n\r\nb  ") == "a b"
    with pytest.raises(ValidationError):
        LineField(max_length=3).clean("abcd")


def test_a_preview_starts_with_the_first_word():
    assert preview(" " * 1000 + "if (x) {\n    return 1;\n}") == "if (x) { return 1; }"


@given(ANY_TEXT)
@example(" Zoe\u0308\r\n Haddad ")
def test_cleaning_is_idempotent(text):
    for field in FIELDS:
        kept = clean(field, text)
        if kept is not None:
            assert clean(field, kept) == kept
            assert "\r" not in kept


def test_cleaned_text_can_be_stored(db):
    @given(ANY_TEXT)
    def stored(text):
        kept = [clean(field, text) for field in FIELDS]
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::text, %s::text", kept)
            assert list(cursor.fetchone()) == kept

    stored()


@pytest.mark.parametrize(
    ("value", "number"),
    [("0", 0), ("12", 12), ("999999999", 999_999_999), ("1234567890", None)]
    + [(value, None) for value in ("", " 1", "-1", "1.5", "1e3", "²", "0x1", "one", "1\x00")],
)
def test_a_number_in_a_url_is_parsed(value, number):
    assert parse_number(value) == number
