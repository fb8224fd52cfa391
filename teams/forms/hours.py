"""Weekly hours and days off as forms: of a member, of an inbox, of the workspace.

What they clean has the shape of teams.hours; templates teams/_hours_fields.html and
teams/_holidays_fields.html show them.
"""

from dataclasses import dataclass

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from messagehub.lib.shared_form import SharedForm, normalize
from teams.forms.rows import DaysOffRow, IntervalRow, typed
from teams.forms.zone import ZoneField

MOST_A_DAY = 6
MOST_DAYS_OFF = 100


@dataclass
class Day:
    """A weekday of the form: 0 is Monday."""

    number: int
    name: str
    rows: list
    error: str = ""

    @property
    def label(self):
        return WEEKDAYS[self.number]


class DaysOffForm(SharedForm):
    """A list of days off. Errors stand at their row, and one sentence says so above."""

    most_days_off = MOST_DAYS_OFF

    def __init__(self, data=None, *, off=(), **kwargs):
        super().__init__(data, **kwargs)
        names = [self.add_prefix(f"off-{each}") for each in ("first", "last", "name")]
        self.off_names = dict(zip(("first", "last", "name"), names, strict=True))
        if self.is_bound:
            self.off_rows = [
                DaysOffRow(first=first, last=last, name=name)
                for first, last, name in typed(data, *names)
            ]
        else:
            self.off_rows = [DaysOffRow.of(each) for each in off or ()]

    def clean(self):
        for row in self.off_rows:
            row.read()
        if len(self.off_rows) > MOST_DAYS_OFF:
            self.add_error(None, too_many_days_off())
        self.point_out(self.off_rows)
        return super().clean()

    @property
    def current_values(self):
        return [self.was, self.initial]

    def changes_something(self):
        if self.errors:
            return False  # it is not saved anyway, and the rows cannot be read
        return super().changes_something() or normalize(self.stored) != normalize(self.was)

    def point_out(self, rows):
        """The reader is led to the first of the rows with an error."""
        wrong = [row for row in rows if row.error]
        if wrong:
            wrong[0].is_first = True
            self.add_error(None, _("Nothing is saved yet. Check the marked fields below."))

    @property
    def stored_off(self):
        return sorted((row.stored for row in self.off_rows), key=lambda each: each["first"])


class HolidaysForm(DaysOffForm):
    """The workspace's: days on which nobody is expected to answer."""

    def __init__(self, data=None, *, stored, **kwargs):
        super().__init__(data, off=stored, **kwargs)
        self.was = stored

    @property
    def stored(self):
        return self.stored_off


class HoursForm(DaysOffForm):
    """The hours of a week and days off; nothing at all means always.

    stored: as in teams.hours. holidays: the workspace's; without them the question whether they
    count is left out. `stored` is what to keep, once the form is valid.
    """

    most_a_day = MOST_A_DAY
    holidays_label = _("Open on the workspace’s holidays too")
    closed_word = _("Closed")
    on_holidays = forms.BooleanField(required=False)

    def __init__(self, data=None, *, stored, holidays=None, **kwargs):
        super().__init__(data, off=stored.get("off"), **kwargs)
        self.was, self.holidays = stored, holidays
        self.fields["on_holidays"].label = self.holidays_label
        self.initial.setdefault("on_holidays", stored.get("on_holidays", False))
        if holidays is None:
            del self.fields["on_holidays"]
        self.days = [self.day(number) for number in range(7)]

    @property
    def holiday_names(self):
        return [holiday.get("name") or holiday["first"] for holiday in self.holidays]

    def day(self, number):
        name = self.add_prefix(f"day-{number}")
        if self.is_bound:
            pairs = typed(self.data, f"{name}-from", f"{name}-to")
            return Day(number, name, [IntervalRow(start=a, until=b) for a, b in pairs])
        week = self.was.get("week") or ()
        rows = [IntervalRow.of(each) for each in week if each["day"] == number]
        return Day(number, name, rows)

    def clean(self):
        for day in self.days:
            for position, row in enumerate(day.rows):
                row.read(day.rows[:position])
            if len(day.rows) > MOST_A_DAY:
                day.error = too_many_hours()
                self.add_error(None, day.error)
        return super().clean()

    def point_out(self, rows):
        super().point_out([*(row for day in self.days for row in day.rows), *rows])

    @property
    def stored(self):
        week = [
            {"day": day.number} | row.stored
            for day in self.days
            for row in sorted(day.rows, key=lambda row: row.begin)
        ]
        is_open = self.cleaned_data.get("on_holidays", self.was.get("on_holidays", False))
        found = {"week": week, "off": self.stored_off, "on_holidays": is_open}
        return {name: value for name, value in found.items() if value}


class MemberHoursForm(HoursForm):
    """Somebody's office hours, in a time zone of their own or the workspace's."""

    holidays_label = _("Works on the workspace’s holidays too")
    closed_word = _("Not working")
    time_zone = ZoneField(required=False)

    def __init__(self, data=None, *, membership, by, **kwargs):
        workspace = membership.workspace
        self.is_own = membership.pk == by.pk
        if self.is_own:
            self.holidays_label = _("I also work on the workspace’s holidays")
        super().__init__(data, stored=membership.hours, holidays=workspace.holidays, **kwargs)
        self.initial.setdefault("time_zone", membership.time_zone)
        own = _("As the workspace (%(zone)s)") % {"zone": workspace.time_zone}
        self.fields["time_zone"].offer_none(own)


def too_many_days_off():
    return _("No more than %(most)d days off.") % {"most": MOST_DAYS_OFF}


def too_many_hours():
    return _("No more than %(most)d rows a day.") % {"most": MOST_A_DAY}
