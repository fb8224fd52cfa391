"""Tables for spreadsheets.

Threat: a cell that begins with = + - @ is run as a formula by the program that opens the file.
Programs split a file at the list separator of their user's country. Where that is a semicolon, a
cell of ours that holds one becomes two.
"""

import re

FORMULA = re.compile(r"(\A|[;|\t\r\n]\s*)(?=[=+\-@\t\r])")


class Echo:
    """A file that hands back what is written, so that a table can be sent row by row."""

    def write(self, value):
        return value


def safe_cells(row):
    """The row, with an apostrophe in front of each cell that could begin a formula."""
    return [safe_cell(cell) for cell in row]


def safe_cell(cell):
    text = str(cell)
    safe = FORMULA.sub(r"\1'", text)
    return cell if safe == text else safe
