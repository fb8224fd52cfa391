"""Forms for weekly hours and days off of a member, an inbox or the workspace.

Their `stored` value has the shape of teams.hours.
"""

from dataclasses import dataclass

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from messagehub.lib.shared_form import SharedForm, normalize
from teams.forms.rows import DaysOffRow, IntervalRow, read_rows
from teams.forms.time_zone import TimeZoneField

MAX_ROWS_PER_DAY = 6
MAX_DAYS_OFF = 100


@dataclass
class Day:
    """A weekday of the form. Number 0 is Monday."""

    number: int
    name: str
    rows: list
    error: str = ""

    @property
    def label(self):
        return WEEKDAYS[self.number]


class DaysOffForm(SharedForm):
    """A list of days off. Errors are shown at their row, with a summary above the form."""

    max_days_off = MAX_DAYS_OFF

    def __init__(self, data=None, *, off=(), **kwargs):
        super().__init__(data, **kwargs)
        names = [self.add_prefix(f"off-{each}") for each in ("first", "last", "name")]
        self.off_names = dict(zip(("first", "last", "name"), names, strict=True))
        if self.is_bound:
            self.off_rows = [
                DaysOffRow(first=first, last=last, name=name)
                for first, last, name in read_rows(data, *names)
            ]
        else:
            self.off_rows = [DaysOffRow.of(each) for each in off or ()]

    def clean(self):
        for row in self.off_rows:
            row.clean()
        if len(self.off_rows) > MAX_DAYS_OFF:
            error = _("Enter at most %(max)d days off.") % {"max": MAX_DAYS_OFF}
            self.add_error(None, error)
        self.report_wrong_rows(self.off_rows)
        return super().clean()

    @property
    def current_values(self):
        return [self.was, self.initial]

    def changes_something(self):
        if self.errors:
            return False  # it isn't saved anyway, and the rows can't be read
        return super().changes_something() or normalize(self.stored) != normalize(self.was)

    def report_wrong_rows(self, rows):
        wrong = [row for row in rows if row.error]
        if wrong:
            wrong[0].is_first_wrong = True
            self.add_error(None, _("Nothing is saved yet. Check the marked fields below."))

    @property
    def stored_off(self):
        return sorted((row.stored for row in self.off_rows), key=lambda each: each["first"])


class HolidaysForm(DaysOffForm):
    """The days on which no one in the workspace is expected to answer."""

    def __init__(self, data=None, *, stored, **kwargs):
        super().__init__(data, off=stored, **kwargs)
        self.was = stored

    @property
    def stored(self):
        return self.stored_off


class HoursForm(DaysOffForm):
    """The hours of a week and days off. Empty means always.

    The argument stored has the shape of teams.hours; so has the attribute, once the form is valid.
    holidays: the workspace's; with None the form doesn't ask whether they count.
    """

    max_rows_per_day = MAX_ROWS_PER_DAY
    holidays_label = _("Open on the workspace’s holidays too")
    closed_label = _("Closed")
    on_holidays = forms.BooleanField(required=False)

    def __init__(self, data=None, *, stored, holidays=None, **kwargs):
        super().__init__(data, off=stored.get("off"), **kwargs)
        self.was, self.holidays = stored, holidays
        self.fields["on_holidays"].label = self.holidays_label
        self.initial.setdefault("on_holidays", stored.get("on_holidays", False))
        if holidays is None:
            del self.fields["on_holidays"]
        self.days = [self.build_day(number) for number in range(7)]

    @property
    def holiday_names(self):
        return [holiday.get("name") or holiday["first"] for holiday in self.holidays]

    def build_day(self, number):
        name = self.add_prefix(f"day-{number}")
        if self.is_bound:
            pairs = read_rows(self.data, f"{name}-from", f"{name}-to")
            return Day(number, name, [IntervalRow(start=a, until=b) for a, b in pairs])
        week = self.was.get("week") or ()
        rows = [IntervalRow.of(each) for each in week if each["day"] == number]
        return Day(number, name, rows)

    def clean(self):
        for day in self.days:
            for position, row in enumerate(day.rows):
                row.clean(day.rows[:position])
            if len(day.rows) > MAX_ROWS_PER_DAY:
                day.error = _("Enter at most %(max)d rows per day.") % {"max": MAX_ROWS_PER_DAY}
                self.add_error(None, day.error)
        return super().clean()

    def report_wrong_rows(self, rows):
        super().report_wrong_rows([*(row for day in self.days for row in day.rows), *rows])

    @property
    def stored(self):
        week = [
            {"day": day.number} | row.stored
            for day in self.days
            for row in sorted(day.rows, key=lambda row: row.begin)
        ]
        is_open = self.cleaned_data.get("on_holidays", self.was.get("on_holidays", False))
        stored = {"week": week, "off": self.stored_off, "on_holidays": is_open}
        return {name: value for name, value in stored.items() if value}


class MemberHoursForm(HoursForm):
    """A member's office hours, in their own time zone or the workspace's."""

    holidays_label = _("Works on the workspace’s holidays too")
    closed_label = _("Not working")
    time_zone = TimeZoneField(required=False)

    def __init__(self, data=None, *, membership, by, **kwargs):
        workspace = membership.workspace
        self.is_own = membership.pk == by.pk
        if self.is_own:
            self.holidays_label = _("I also work on the workspace’s holidays")
        super().__init__(data, stored=membership.hours, holidays=workspace.holidays, **kwargs)
        self.initial.setdefault("time_zone", membership.time_zone)
        label = _("Same as the workspace (%(zone)s)") % {"zone": workspace.time_zone}
        self.fields["time_zone"].allow_empty(label)
