"""Repeatable rows of a form: the hours of a weekday, and days off.

A field has the same name in every row, so the first value of each name is the first row. A row
keeps the entered text, so that nothing is lost if it is invalid.
"""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from messagehub.lib.invisible import clean_line
from messagehub.lib.text import LineField

DAY = 24 * 60
END_OF_DAY = "24:00"
NAME = LineField(max_length=60, required=False)


def read_rows(data, *names):
    """Return the posted rows as tuples of text, without empty ones."""
    rows = zip_longest(*(data.getlist(name) for name in names), fillvalue="")
    return [row for row in (tuple(map(clean_line, row)) for row in rows) if any(row)]


@dataclass
class Row:
    """error and the fields it belongs to. is_first_wrong: the page focuses the first such row."""

    wrong_fields: tuple = ()
    error: str = ""
    is_first_wrong: bool = False

    def refuse(self, *fields, error):
        self.wrong_fields, self.error = fields, error


@dataclass
class IntervalRow(Row):
    """clean() sets begin and end: minutes since the day's midnight; beyond DAY is the next day."""

    start: str = ""
    until: str = ""
    begin: int = 0
    end: int = 0

    @classmethod
    def of(cls, stored):
        return cls(start=stored["from"], until=stored["to"])

    @property
    def until_shown(self):
        """The value for a browser's time field, which doesn't accept 24:00."""
        return "00:00" if self.until == END_OF_DAY else self.until

    @property
    def ends(self):
        """A hint beside the two times: "all-day", "next-day" or "" if they are clear."""
        if self.start == self.until_shown == "00:00":
            return "all-day"
        return "next-day" if "00:00" < self.until_shown <= self.start else ""

    @property
    def unreadable(self):
        """The fields whose text a browser wouldn't show in a time field."""
        texts = {"start": self.start, "until": self.until_shown}
        return [name for name, text in texts.items() if text and parse_minutes(text) is None]

    def clean(self, before):
        """Parse and check the row. before: the rows of the same day above this one."""
        self.begin, self.end = parse_minutes(self.start), parse_minutes(self.until_shown)
        if missing := [name for name in ("start", "until") if not getattr(self, name)]:
            return self.refuse(*missing, error=_("Enter both times, or remove the row."))
        if self.unreadable:
            return self.refuse(*self.unreadable, error=_("Enter times like 09:00 or 17:30."))
        if self.begin == self.end != 0:
            error = _("Start and end are the same. For a whole day, enter 00:00 to 00:00.")
            return self.refuse("start", "until", error=error)
        self.end += DAY if self.end <= self.begin else 0
        for row in before:
            if not row.error and self.begin < row.end and row.begin < self.end:
                params = {"from": row.start, "to": row.until_shown}
                error = _("Overlaps with %(from)s to %(to)s on the same day.") % params
                return self.refuse("start", "until", error=error)
        return None

    @property
    def stored(self):
        end = self.end if self.end <= DAY else self.end - DAY
        return {"from": format_minutes(self.begin), "to": format_minutes(end)}


@dataclass
class DaysOffRow(Row):
    first: str = ""
    last: str = ""
    name: str = ""

    @classmethod
    def of(cls, stored):
        last = stored.get("last") or stored["first"]
        return cls(first=stored["first"], last=last, name=stored.get("name", ""))

    @property
    def unreadable(self):
        texts = {"first": self.first, "last": self.last}
        return [name for name, text in texts.items() if text and not is_date(text)]

    def clean(self):
        self.last = self.last or self.first
        if not self.first:
            return self.refuse("first", error=_("Enter the first day, or remove the row."))
        if self.unreadable:
            return self.refuse(*self.unreadable, error=_("Enter dates like 2026-12-24."))
        if self.first > self.last:
            return self.refuse("last", error=_("The last day is before the first day."))
        try:
            self.name = NAME.clean(self.name)
        except ValidationError as error:
            return self.refuse("name", error=" ".join(error.messages))
        return None

    @property
    def stored(self):
        return {"first": self.first, "last": self.last, "name": self.name}


def parse_minutes(text) -> int | None:
    """Return the minutes since midnight, or None if the text isn't a time."""
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007 (a time of the day only)
        except ValueError:
            continue
        return at.hour * 60 + at.minute
    return None


def format_minutes(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


def is_date(text):
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
