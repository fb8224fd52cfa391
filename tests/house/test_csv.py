"""A spreadsheet that opens an export runs no formula."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messagehub.lib.csv import Echo, original_cell, safe_cell, safe_cells

FORMULA_SIGNS = "=+-@;|, \t\r\n'a"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_becomes_text(start):
    assert safe_cells([f"{start}cmd()", "Sales"]) == [f"'{start}cmd()", "Sales"]


def test_other_cells_stay_as_they_are():
    row = ["", "a=b", "alice@acme.example", "2026-01-01", None, 7]
    assert safe_cells(row) == row


@pytest.mark.parametrize("separator", [";", "; ", "|", "\n", "\r\n", "\t"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_formula_starts_in_the_middle_of_a_cell(separator, start):
    (cell,) = safe_cells([f"Name: Sales{separator}{start}cmd(){separator}{start}cmd()"])
    for part in re.split(r"[;|\r\n\t]\s*", cell):
        assert not part.startswith(start)
    assert cell.replace("'", "") == f"Name: Sales{separator}{start}cmd(){separator}{start}cmd()"


@given(st.lists(st.text(FORMULA_SIGNS) | st.text() | st.integers()))
def test_no_part_of_a_cell_is_a_formula_and_nothing_is_lost(row):
    safe = safe_cells(row)
    for before, after in zip(row, safe, strict=True):
        parts = re.split(r"[;|\t\r\n]", str(after))
        assert not any(re.match(r"\s*[=+\-@]", part) for part in parts[1:])
        assert not parts[0].startswith(("=", "+", "-", "@"))
        assert str(after).replace("'", "") == str(before).replace("'", "")


@given(st.text(FORMULA_SIGNS) | st.text())
def test_a_safe_cell_can_be_read_back(text):
    assert original_cell(safe_cell(text)) == text


def test_echo_returns_what_is_written():
    assert Echo().write("a,b\r\n") == "a,b\r\n"
