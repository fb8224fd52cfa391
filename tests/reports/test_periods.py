"""Periods are days of the workspace's time zone, of 23, 24 or 25 hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.periods import Period, Preset

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, 00:30 in Berlin.
NOW = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)


def period(preset="", *, now=NOW, **query):
    return Period.from_query({"period": preset, **query}, zone=BERLIN, now=now)


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("today", "2026-03-30", "2026-03-30"),
        ("yesterday", "2026-03-29", "2026-03-29"),
        ("7d", "2026-03-23", "2026-03-29"),  # on a Monday, exactly last week
        ("28d", "2026-03-02", "2026-03-29"),
        ("90d", "2025-12-30", "2026-03-29"),
        ("month", "2026-03-01", "2026-03-30"),
        ("last-month", "2026-02-01", "2026-02-28"),
        ("nonsense", "2026-03-23", "2026-03-29"),
    ],
)
def test_presets(preset, first, last):
    found = period(preset)
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


def test_a_day_has_23_or_25_hours_when_the_clock_changes():
    spring, autumn, other = (
        period("custom", **{"from": day, "to": day})
        for day in ("2026-03-29", "2026-10-25", "2026-03-28")
    )
    assert spring.until - spring.begin == timedelta(hours=23)
    assert autumn.until - autumn.begin == timedelta(hours=25)
    assert other.until - other.begin == timedelta(hours=24)


def test_the_week_before_has_whole_days_too():
    before = period("7d").before()
    assert (before.first, before.last) == (date(2026, 3, 16), date(2026, 3, 22))
    assert before.until == period("7d").begin


def test_the_month_before_is_a_month():
    before = period("last-month").before()
    assert (before.first, before.last) == (date(2026, 1, 1), date(2026, 1, 31))
    assert before.until - before.begin == timedelta(days=31)


def test_an_unfinished_day_is_compared_with_the_same_hours():
    before = period("today").before()
    assert before.until - before.begin == timedelta(minutes=30)
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    before = period("month", now=now).before()
    assert before.begin == datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert before.until - before.begin == now - period("month", now=now).begin


def test_custom_days_are_put_in_order_and_bounded():
    found = period("custom", **{"from": "2026-03-05", "to": "2026-03-01"})
    assert (found.first, found.last) == (date(2026, 3, 1), date(2026, 3, 5))
    assert found.preset == Preset.CUSTOM
    assert len(period("custom", **{"from": "2001-01-01", "to": "2026-03-01"}).days) == 731
    assert period("custom", **{"from": "0001-01-01", "to": "x"}).days == [date(2026, 3, 30)]


def test_a_long_period_is_divided_into_weeks():
    found = period("custom", **{"from": "2026-01-01", "to": "2026-06-30"})
    assert found.steps[:2] == [date(2025, 12, 29), date(2026, 1, 5)]
    assert found.days_of_step(found.steps[0]) == (date(2026, 1, 1), date(2026, 1, 4))
    assert found.days_of_step(found.steps[-1]) == (date(2026, 6, 29), date(2026, 6, 30))
    assert period("90d").steps == period("90d").days
