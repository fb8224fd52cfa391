"""CSV exports that are safe to open in a spreadsheet.

Threat: the program that opens the file runs a cell that begins with = + - @ as a formula. Programs
also split a file at the list separator of their user's country, so where that is a semicolon, a
cell that contains one becomes two cells.

So such a cell gets an apostrophe in front, which a re-import removes again. A cell that itself
begins with apostrophes and such a sign gets one more.
"""

import re

START, SIGN = r"(\A|[;|\t\r\n]\s*)", r"(?='*[=+\-@\t\r])"
FORMULA = re.compile(START + SIGN)
SUSPECT = re.compile(r"\A'*[=+\-@\t\r]|[;|\t\r\n]")
MADE_SAFE = re.compile(f"{START}'{SIGN}")


class Echo:
    """A file-like object whose write() returns the line, so csv.writer can feed a stream."""

    def write(self, value):
        return value


def safe_cells(row):
    """Put an apostrophe in front of each cell that could begin a formula."""
    return [safe_cell(cell) for cell in row]


def safe_cell(cell):
    text = str(cell)
    if not SUSPECT.search(text):  # nearly all, and this takes a fifth of the time
        return cell
    safe = FORMULA.sub(r"\1'", text)
    return cell if safe == text else safe


def original_cell(cell: str) -> str:
    """Undo what safe_cell() did."""
    return MADE_SAFE.sub(r"\1", cell) if "'" in cell else cell
