"""Quiet hours over midnight and across clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from teams.quiet_hours import quiet_hours_end

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = {"begin": time(22), "end": time(7), "zone": BERLIN}


def berlin(*when, fold=0):
    return datetime(*when, tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (berlin(2026, 11, 22, 21, 59), None),
        (berlin(2026, 11, 22, 22, 0), berlin(2026, 11, 23, 7, 0)),
        (berlin(2026, 11, 23, 3, 30), berlin(2026, 11, 23, 7, 0)),
        (berlin(2026, 11, 23, 6, 59, 59), berlin(2026, 11, 23, 7, 0)),
        (berlin(2026, 11, 23, 7, 0), None),
    ],
)
def test_night_ends_in_the_morning(at, until):
    assert quiet_hours_end(at, **NIGHT) == until


def test_times_are_local():
    evening_in_new_york = datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    zone = ZoneInfo("America/New_York")
    until = quiet_hours_end(evening_in_new_york, begin=time(22), end=time(7), zone=zone)
    assert until == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert quiet_hours_end(evening_in_new_york, begin=time(22), end=time(7), zone=UTC) is not None
    assert quiet_hours_end(evening_in_new_york, begin=time(22), end=time(3), zone=UTC) is None


def test_hours_within_one_day():
    rest = {"begin": time(12), "end": time(13, 30), "zone": BERLIN}
    assert quiet_hours_end(berlin(2026, 7, 1, 12, 15), **rest) == berlin(2026, 7, 1, 13, 30)
    assert quiet_hours_end(berlin(2026, 7, 1, 3, 0), **rest) is None


@pytest.mark.parametrize(
    "missing", [{"begin": None}, {"end": None}, {"begin": None, "end": None}, {"end": time(22)}]
)
def test_both_times_are_required(missing):
    assert quiet_hours_end(berlin(2026, 11, 22, 23, 0), **NIGHT | missing) is None


def test_seconds_are_ignored():
    """Otherwise "22:00:30 to 22:00:10" would be almost a whole day of quiet hours."""
    same_minute = {"begin": time(22, 0, 30), "end": time(22, 0, 10), "zone": BERLIN}
    assert quiet_hours_end(berlin(2026, 11, 22, 23, 0), **same_minute) is None
    seconds = {"begin": time(22, 0, 30), "end": time(7, 0, 10), "zone": BERLIN}
    assert quiet_hours_end(berlin(2026, 11, 22, 22, 0), **seconds) == berlin(2026, 11, 23, 7, 0)


def test_night_is_shorter_when_the_clock_goes_forward():
    started_at = berlin(2026, 3, 28, 22, 0)
    until = quiet_hours_end(started_at, **NIGHT)
    assert until == berlin(2026, 3, 29, 7, 0)
    assert until.astimezone(UTC) - started_at.astimezone(UTC) == timedelta(hours=8)


def test_night_is_longer_when_the_clock_goes_back():
    started_at = berlin(2026, 10, 24, 22, 0)
    until = quiet_hours_end(started_at, **NIGHT)
    assert until.astimezone(UTC) - started_at.astimezone(UTC) == timedelta(hours=10)


def test_skipped_end_is_after_the_change():
    until = quiet_hours_end(berlin(2026, 3, 29, 1, 0), begin=time(22), end=time(2, 30), zone=BERLIN)
    assert until == berlin(2026, 3, 29, 3, 0)


ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "UTC")]
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda span: SINCE + span)


@given(MOMENTS, st.times(), st.times(), st.sampled_from(ZONES))
@example(SINCE, time(22), time(7), ZONES[0])
def test_quiet_hours_end_within_a_day(at, begin, end, zone):
    begin, end = begin.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    until = quiet_hours_end(at, begin=begin, end=end, zone=zone)
    if until is not None:
        assert at < until <= at + timedelta(hours=25)
        assert quiet_hours_end(until, begin=begin, end=end, zone=zone) is None
