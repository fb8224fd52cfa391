"""Rows of a form that people add and remove: the hours of a weekday, days off.

A field has the same name in every row; the first value of each name is the first row. A row
keeps what was typed, so that nothing is lost when something is wrong with it.
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


def typed(data, *names):
    """The rows that were posted, as tuples of text; rows left empty are none."""
    rows = zip_longest(*(data.getlist(name) for name in names), fillvalue="")
    return [row for row in (tuple(map(clean_line, row)) for row in rows) if any(row)]


@dataclass
class Row:
    """error: what is wrong; wrong: the fields it is about; is_first: the first such row."""

    wrong: tuple = ()
    error: str = ""
    is_first: bool = False

    def refuse(self, *fields, error):
        self.wrong, self.error = fields, error


@dataclass
class IntervalRow(Row):
    """begin and end, once read: minutes since the day's midnight; end > DAY: on the next day."""

    start: str = ""
    until: str = ""
    begin: int = 0
    end: int = 0

    @classmethod
    def of(cls, stored):
        return cls(start=stored["from"], until=stored["to"])

    @property
    def until_shown(self):
        """A browser's field for times knows no 24:00."""
        return "00:00" if self.until == END_OF_DAY else self.until

    @property
    def ends(self):
        """What its two times do not say at a glance: "all-day", "next-day", or nothing."""
        if self.start == self.until_shown == "00:00":
            return "all-day"
        return "next-day" if "00:00" < self.until_shown <= self.start else ""

    @property
    def unreadable(self):
        """The fields whose text a browser would not show in a field for times."""
        texts = {"start": self.start, "until": self.until_shown}
        return [name for name, text in texts.items() if text and minutes(text) is None]

    def read(self, before):
        """before: the rows of the same day above this one."""
        self.begin, self.end = minutes(self.start), minutes(self.until_shown)
        if missing := [name for name in ("start", "until") if not getattr(self, name)]:
            return self.refuse(*missing, error=_("Give both times, or remove the row."))
        if self.unreadable:
            return self.refuse(*self.unreadable, error=_("Write times like 09:00 or 17:30."))
        if self.begin == self.end != 0:
            error = _("These are the same time. For a whole day write 00:00 to 00:00.")
            return self.refuse("start", "until", error=error)
        self.end += DAY if self.end <= self.begin else 0
        for row in before:
            if not row.error and self.begin < row.end and row.begin < self.end:
                words = {"from": row.start, "to": row.until_shown}
                error = _("This overlaps with %(from)s to %(to)s of the same day.") % words
                return self.refuse("start", "until", error=error)
        return None

    @property
    def stored(self):
        end = self.end if self.end <= DAY else self.end - DAY
        return {"from": clock(self.begin), "to": clock(end)}


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

    def read(self):
        self.last = self.last or self.first
        if not self.first:
            return self.refuse("first", error=_("Give the first day, or remove the row."))
        if self.unreadable:
            return self.refuse(*self.unreadable, error=_("Write days like 2026-12-24."))
        if self.first > self.last:
            return self.refuse("last", error=_("The last day is before the first one."))
        try:
            self.name = NAME.clean(self.name)
        except ValidationError as error:
            return self.refuse("name", error=" ".join(error.messages))
        return None

    @property
    def stored(self):
        return {"first": self.first, "last": self.last, "name": self.name}


def minutes(text):
    """Since midnight; None: this is no time."""
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            at = datetime.strptime(text, form)  # noqa: DTZ007 (a time of the day only)
        except ValueError:
            continue
        return at.hour * 60 + at.minute
    return None


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


def is_date(text):
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
