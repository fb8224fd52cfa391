"""A table that is opened by a spreadsheet runs nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messagehub.lib.csv import Echo, safe_cells


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_becomes_text(start):
    assert safe_cells([f"{start}cmd()", "Sales"]) == [f"'{start}cmd()", "Sales"]


def test_other_cells_stay_as_they_are():
    row = ["", "a=b", "alice@acme.example", "2026-01-01", None, 7]
    assert safe_cells(row) == row


@given(st.lists(st.text() | st.integers()))
def test_no_cell_begins_as_a_formula_and_nothing_is_lost(row):
    safe = safe_cells(row)
    assert not any(str(cell)[:1] in {"=", "+", "-", "@", "\t", "\r"} for cell in safe if cell != "")
    assert all(str(after).endswith(str(cell)) for cell, after in zip(row, safe, strict=True))


def test_what_is_written_is_handed_back():
    assert Echo().write("a,b\r\n") == "a,b\r\n"
