"""Periods of whole days in the workspace's time zone, and the period before each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DAY = timedelta(days=1)
MAX_DAYS = 731
# A longer period is divided into weeks.
MAX_SINGLE_DAYS = 92
FIRST_YEAR, LAST_YEAR = 2000, 2200


class Preset(TextChoices):
    TODAY = "today", gettext_lazy("Today")
    YESTERDAY = "yesterday", gettext_lazy("Yesterday")
    WEEK = "7d", gettext_lazy("Last 7 days")
    FOUR_WEEKS = "28d", gettext_lazy("Last 28 days")
    QUARTER = "90d", gettext_lazy("Last 90 days")
    THIS_MONTH = "month", gettext_lazy("This month")
    LAST_MONTH = "last-month", gettext_lazy("Last month")
    CUSTOM = "custom", gettext_lazy("Custom dates")


# They end yesterday, so that an unfinished day doesn't look like a quiet one.
LENGTHS = {Preset.WEEK: 7, Preset.FOUR_WEEKS: 28, Preset.QUARTER: 90}


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    preset: Preset
    first: date
    last: date
    zone: ZoneInfo
    now: datetime

    @classmethod
    def from_query(cls, query, *, zone, now):
        preset = query.get("period")
        preset = Preset(preset) if preset in Preset.values else Preset.WEEK
        today = now.astimezone(zone).date()
        if preset != Preset.CUSTOM:
            return cls(preset, *preset_days(preset, today), zone, now)
        first, last = (parse_day(query.get(name, "")) for name in ("from", "to"))
        first, last = first or last or today, last or first or today
        first, last = min(first, last), max(first, last)
        return cls(preset, max(first, last - DAY * (MAX_DAYS - 1)), last, zone, now)

    @cached_property
    def begin(self) -> datetime:
        return midnight(self.first, self.zone)

    @cached_property
    def until(self) -> datetime:
        """Its end, which isn't part of it."""
        return midnight(self.last + DAY, self.zone)

    @property
    def is_unfinished(self):
        return self.until > self.now

    @property
    def days(self) -> list[date]:
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]

    @property
    def is_in_weeks(self):
        return len(self.days) > MAX_SINGLE_DAYS

    @property
    def steps(self) -> list[date]:
        """Return the days, or of a long period the Mondays, that a chart or a table shows."""
        if self.is_in_weeks:
            return sorted({day - DAY * day.weekday() for day in self.days})
        return self.days

    @property
    def step_begins(self) -> list[datetime]:
        """Return when each step begins; the first week may begin within."""
        return [midnight(self.days_of_step(step)[0], self.zone) for step in self.steps]

    def days_of_step(self, step: date) -> tuple[date, date]:
        if self.is_in_weeks:
            return max(step, self.first), min(step + DAY * 6, self.last)
        return step, step

    @property
    def label(self):
        if self.first == self.last:
            return date_format(self.first, _("D j M Y"))
        return _("%(first)s – %(last)s") % {
            "first": date_format(self.first, _("j M Y")),
            "last": date_format(self.last, _("j M Y")),
        }

    def before(self) -> "Period":
        """Return the period of the same length before it; before a month, the month before."""
        if self.preset in (Preset.THIS_MONTH, Preset.LAST_MONTH):
            last_of_month = self.first - DAY
            first = last_of_month.replace(day=1)
            last = last_of_month
        else:
            last = self.first - DAY
            first = last - DAY * (len(self.days) - 1)
        return ComparedPeriod(Preset.CUSTOM, first, last, self.zone, self.now, self)


@dataclass(frozen=True)
class ComparedPeriod(Period):
    """What an unfinished period is compared with ends at the same point."""

    compared: Period | None = None

    @cached_property
    def until(self) -> datetime:
        end = midnight(self.last + DAY, self.zone)
        if not self.compared.is_unfinished:
            return end
        return min(end, self.begin + max(self.compared.now - self.compared.begin, timedelta()))


def preset_days(preset, today) -> tuple[date, date]:
    if length := LENGTHS.get(preset):
        return today - DAY * length, today - DAY
    first_of_month = today.replace(day=1)
    if preset == Preset.LAST_MONTH:
        last = first_of_month - DAY
        return last.replace(day=1), last
    return {
        Preset.TODAY: (today, today),
        Preset.YESTERDAY: (today - DAY, today - DAY),
        Preset.THIS_MONTH: (first_of_month, today),
    }[preset]


def parse_day(text) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def midnight(day, zone) -> datetime:
    """Return the beginning of a day in UTC, so that arithmetic counts its 23 or 25 hours."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
