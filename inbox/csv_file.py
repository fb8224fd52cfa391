"""Reads the CSV files that spreadsheets of all countries write.

Excel separates by semicolons where a comma is the decimal sign, by tabs if you choose "Unicode
text", and writes UTF-16, UTF-8 with a byte order mark or the old encoding of Windows.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

SEPARATORS = ",;\t|"
SNIFFED_ROWS = 20
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, .xls
UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnreadableFile(Exception):
    """Its message tells the user what is wrong with the file and what to do."""


class CsvFile:
    """The rows of a file, once its encoding and its separator are known."""

    def __init__(self, content: bytes, *, encoding: str = "", separator: str = ""):
        self.encoding = encoding or detect_encoding(content)
        try:
            text = content.decode(self.encoding).removeprefix("\ufeff")
        except UnicodeError:
            raise UnreadableFile(ASK_FOR_CSV()) from None
        if "\x00" in text:
            raise UnreadableFile(ASK_FOR_CSV())
        self.text, self.skipped_lines, named = skip_separator_line(text)
        self.separator = separator or named or detect_separator(self.text)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line at which each row begins, and its cells. Empty rows are left out.

        Raises UnreadableFile.
        """
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator)
        while True:
            line = reader.line_num + self.skipped_lines + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                message = _(
                    "Line %(line)d can't be read. Perhaps a quotation mark isn't closed there."
                )
                raise UnreadableFile(message % {"line": line}) from None
            if any(map(str.strip, cells)):
                yield line, cells


def ASK_FOR_CSV():
    return _("We can't read this file. Save it as “CSV UTF-8” and upload it again.")


def detect_encoding(content: bytes) -> str:
    if content.startswith(WORKBOOKS):
        raise UnreadableFile(
            _(
                "This is a workbook. In your spreadsheet program, save it as “CSV UTF-8” and "
                "upload that."
            )
        )
    if content.startswith(UTF16):
        return "utf-16"
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    head = content[:2000]
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnreadableFile(ASK_FOR_CSV())


def skip_separator_line(text):
    """Return (the text, how many lines were skipped, the separator) after Excel's "sep=;"."""
    first = text[:10].partition("\n")[0].rstrip("\r")
    if first[:4].lower() != "sep=" or len(first) != 5 or first[4] not in SEPARATORS:
        return text, 0, ""
    return text[text.index("\n") + 1 :], 1, first[4]


def detect_separator(text) -> str:
    """Return the separator that cuts the first rows into the most columns, alike in most rows."""
    return max(SEPARATORS, key=lambda separator: count_columns(text, separator))


def count_columns(text, separator):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = [len(row) for row in islice(reader, SNIFFED_ROWS) if row]
    except csv.Error:
        return 0, 0
    header = rows[0] if rows else 0
    return (Counter(rows)[header] * (header - 1), header) if header > 1 else (0, 0)
