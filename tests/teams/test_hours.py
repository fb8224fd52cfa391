"""Hours in time zones all over the world.

`is_open_by_reference` is the reference: the answer of a person who reads the plan and a clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from teams.hours import HORIZON, DaysOff, Hours, Interval

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
# Zones, and days on which their clocks change or a whole day is skipped.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 25)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("UTC", date(2026, 6, 1)),
]


def weekly(*rows, off=(), **more):
    week = [{"day": day, "from": begin, "to": until} for day, begin, until in rows]
    return {"week": week, "off": [days(*each) for each in off]} | more


def days(first, last=None, name=""):
    return {"first": first, "last": last or first, "name": name}


def office(zone=BERLIN, holidays=(), **more):
    stored = weekly(*[(day, "09:00", "17:00") for day in range(5)], **more)
    return Hours.read(stored, zone=zone, holidays=list(holidays))


def at(text, zone=BERLIN, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def next_changes(hours, since, count):
    """Return the next changes as local times with their UTC offset."""
    found = zip(hours.changes(since), range(count), strict=False)
    return [f"{'+' if opens else '-'}{moment:%a %H:%M %z}" for (moment, opens), _number in found]


def test_office_week():
    hours = office()
    assert hours.is_open(at("2026-11-23 09:00"))
    assert hours.is_open(at("2026-11-23 16:59:59.999999"))
    assert not hours.is_open(at("2026-11-23 17:00"))
    assert not hours.is_open(at("2026-11-23 08:59:59"))
    assert not hours.is_open(at("2026-11-22 12:00"))
    assert hours.next_opening(at("2026-11-20 17:00")) == at("2026-11-23 09:00")
    assert hours.next_closing(at("2026-11-23 09:00")) == at("2026-11-23 17:00")


def test_next_change_is_later_than_now():
    hours = office()
    assert hours.next_opening(at("2026-11-23 09:00")) == at("2026-11-24 09:00")
    assert hours.next_closing(at("2026-11-23 17:00")) == at("2026-11-24 17:00")


def test_closed_has_a_reason_and_an_end():
    closed = office().closed(at("2026-11-20 18:00"))
    assert (closed.status, closed.name) == ("outside_office_hours", "")
    assert closed.until == at("2026-11-23 09:00")
    assert closed.until.tzinfo == BERLIN
    assert office().closed(at("2026-11-20 12:00")) is None


def test_day_off_has_a_name_and_ends_at_the_next_opening():
    hours = office(off=[("2026-12-24", "2026-12-26", "Christmas")])
    closed = hours.closed(at("2026-12-25 11:00"))
    assert (closed.status, closed.name) == ("day_off", "Christmas")
    assert closed.until == at("2026-12-28 09:00")
    assert hours.closed(at("2026-12-23 20:00")).status == "outside_office_hours"
    assert hours.closed(at("2026-12-23 20:00")).until == at("2026-12-28 09:00")


def test_times_of_other_time_zones_are_converted():
    assert office().is_open(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    assert not office().is_open(datetime(2026, 11, 23, 7, 59, tzinfo=UTC))
    assert office(zone=ZoneInfo("Asia/Tokyo")).is_open(datetime(2026, 11, 23, 0, 0, tzinfo=UTC))


@pytest.mark.parametrize("stored", [{}, None, {"week": []}, {"on_holidays": False}])
def test_empty_means_always(stored):
    hours = Hours.read(stored, zone=BERLIN)
    now = at("2026-11-22 03:00")
    assert hours.is_open(now)
    assert hours.closed(now) is None
    assert hours.next_closing(now) is None
    assert hours.next_opening(now) is None


def test_holidays_are_days_off_unless_worked():
    holidays = [days("2026-12-25", name="Christmas")]
    christmas = at("2026-12-25 11:00")
    assert office(holidays=holidays).closed(christmas).name == "Christmas"
    assert office(holidays=holidays, on_holidays=True).is_open(christmas)
    own = office(holidays=holidays, on_holidays=True, off=[("2026-12-25", None, "Birthday")])
    assert own.closed(christmas).name == "Birthday"


def test_holiday_without_weekly_hours():
    hours = Hours.read({}, zone=BERLIN, holidays=[days("2026-12-25", name="Christmas")])
    assert hours.next_closing(at("2026-11-22 12:00")) == at("2026-12-25 00:00")
    assert hours.closed(at("2026-12-25 12:00")).until == at("2026-12-26 00:00")


def test_hours_over_midnight():
    hours = Hours.read(weekly((4, "22:00", "06:00"), (6, "22:00", "02:00")), zone=BERLIN)
    assert hours.is_open(at("2026-11-20 22:00"))
    assert hours.is_open(at("2026-11-21 05:59"))
    assert not hours.is_open(at("2026-11-21 06:00"))
    assert hours.next_closing(at("2026-11-20 22:00")) == at("2026-11-21 06:00")
    # From Sunday into the next week.
    assert hours.is_open(at("2026-11-23 01:59"))
    assert hours.next_closing(at("2026-11-22 23:00")) == at("2026-11-23 02:00")


def test_night_before_a_day_off_ends_at_midnight():
    night = weekly((3, "22:00", "06:00"), off=[("2026-12-25", None, "Christmas")])
    hours = Hours.read(night, zone=BERLIN)
    assert hours.next_closing(at("2026-12-24 23:00")) == at("2026-12-25 00:00")
    assert hours.closed(at("2026-12-25 03:00")).status == "day_off"


def test_night_that_begins_on_a_day_off_begins_at_midnight():
    night = weekly((4, "22:00", "06:00"), off=[("2026-12-25", None, "Christmas")])
    hours = Hours.read(night, zone=BERLIN)
    assert hours.next_opening(at("2026-12-25 12:00")) == at("2026-12-26 00:00")
    assert hours.next_closing(at("2026-12-26 00:00")) == at("2026-12-26 06:00")


def test_end_at_midnight_joins_the_next_day():
    hours = Hours.read(weekly((0, "18:00", "24:00"), (1, "00:00", "08:00")), zone=BERLIN)
    assert hours.next_closing(at("2026-11-23 18:00")) == at("2026-11-24 08:00")
    assert hours == Hours.read(weekly((0, "18:00", "00:00"), (1, "00:00", "08:00")), zone=BERLIN)


def test_whole_day_and_whole_week():
    day = Hours.read(weekly((2, "00:00", "24:00")), zone=BERLIN)
    assert day.next_opening(at("2026-11-22 12:00")) == at("2026-11-25 00:00")
    assert day.next_closing(at("2026-11-25 12:00")) == at("2026-11-26 00:00")
    week = Hours.read(weekly(*[(each, "00:00", "24:00") for each in range(7)]), zone=BERLIN)
    assert week.next_closing(at("2026-11-22 12:00")) is None


def test_touching_and_overlapping_hours_merge():
    touching = Hours.read(weekly((0, "09:00", "12:00"), (0, "12:00", "17:00")), zone=BERLIN)
    assert touching.next_closing(at("2026-11-23 10:00")) == at("2026-11-23 17:00")
    overlapping = Hours.read(weekly((0, "11:00", "17:00"), (0, "09:00", "12:00")), zone=BERLIN)
    assert overlapping.next_closing(at("2026-11-23 10:00")) == at("2026-11-23 17:00")


def test_long_leave_has_no_next_opening():
    hours = office(off=[("2026-01-01", "2030-12-31", "Leave")])
    assert hours.closed(at("2026-11-22 12:00")).until is None
    assert hours.next_opening(at("2026-11-22 12:00")) is None


@pytest.mark.parametrize(
    "stored",
    [
        {"week": [{"day": 7, "from": "09:00", "to": "17:00"}, {"from": "x"}, None, 5]},
        {"off": [{"first": "2026-13-01"}, {"last": "2026-01-01"}, "nonsense"]},
        {"week": None, "off": None},
    ],
)
def test_unreadable_entries_are_ignored(stored):
    assert Hours.read(stored, zone=BERLIN).is_always


def test_skipped_hour_does_not_exist():
    hours = Hours.read(weekly((6, "02:00", "03:00"), (6, "02:30", "04:00")), zone=BERLIN)
    assert next_changes(hours, at("2026-03-29 00:00"), 2) == [
        "+Sun 03:00 +0200",
        "-Sun 04:00 +0200",
    ]
    gone = Hours.read(weekly((6, "02:00", "03:00")), zone=BERLIN)
    assert next_changes(gone, at("2026-03-29 00:00"), 1) == ["+Sun 02:00 +0200"]
    assert gone.next_opening(at("2026-03-29 00:00")) == at("2026-04-05 02:00")


def test_repeated_hour_counts_twice():
    hours = Hours.read(weekly((6, "01:00", "04:00")), zone=BERLIN)
    opening = at("2026-10-25 01:00")
    assert hours.next_closing(opening).astimezone(UTC) - opening.astimezone(UTC) == 4 * 60 * MINUTE
    half = Hours.read(weekly((6, "02:00", "02:30")), zone=BERLIN)
    assert next_changes(half, at("2026-10-25 00:00"), 4) == [
        "+Sun 02:00 +0200",
        "-Sun 02:30 +0200",
        "+Sun 02:00 +0100",
        "-Sun 02:30 +0100",
    ]
    assert not half.is_open(at("2026-10-25 02:45"))
    assert half.is_open(at("2026-10-25 02:15", fold=1))


def test_night_of_a_clock_change_is_longer_or_shorter():
    hours = Hours.read(weekly((5, "22:00", "06:00")), zone=BERLIN)
    for evening, length in (("2026-03-28 22:00", 7), ("2026-10-24 22:00", 9)):
        begin = at(evening)
        closing = hours.next_closing(begin)
        assert f"{closing:%H:%M}" == "06:00"
        assert closing.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=length)


def test_nonexistent_midnight():
    havana = ZoneInfo("America/Havana")
    hours = Hours.read(weekly((6, "00:00", "24:00")), zone=havana)
    assert next_changes(hours, at("2026-03-07 12:00", havana), 2) == [
        "+Sun 01:00 -0400",
        "-Mon 00:00 -0400",
    ]
    off = Hours.read({"off": [days("2026-03-08")]}, zone=havana)
    assert next_changes(off, at("2026-03-07 12:00", havana), 2) == [
        "-Sun 01:00 -0400",
        "+Mon 00:00 -0400",
    ]


def test_nonexistent_day():
    apia = ZoneInfo("Pacific/Apia")
    friday = Hours.read(weekly((4, "00:00", "24:00")), zone=apia)
    assert friday.next_opening(at("2011-12-29 12:00", apia)) == at("2012-01-06 00:00", apia)
    off = Hours.read({"off": [days("2011-12-30")]}, zone=apia)
    assert off.next_closing(at("2011-12-29 12:00", apia)) is None


# Properties, compared with the reference.

times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45, 59]))
intervals = st.builds(Interval, st.integers(0, 6), times, times)


@st.composite
def plans(draw):
    """Draw hours and a time near a clock change of their zone."""
    name, day = draw(st.sampled_from(CHANGES))
    near = [day + timedelta(days=each) for each in range(-2, 3)]
    week = draw(st.lists(intervals, max_size=5))
    off = [DaysOff(each, each) for each in draw(st.sets(st.sampled_from(near), max_size=2))]
    minutes = draw(st.integers(-40 * 60, 40 * 60))
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + minutes * MINUTE
    return Hours(ZoneInfo(name), tuple(week), tuple(off)), moment


def is_open_by_reference(hours, moment):
    wall = moment.astimezone(hours.zone).replace(tzinfo=None)
    if any(off.first <= wall.date() <= off.last for off in hours.off):
        return False
    return not hours.week or any(covers(interval, wall) for interval in hours.week)


def covers(interval, wall):
    is_over_midnight = interval.until <= interval.begin
    today, clock = wall.weekday(), wall.time()
    if today == interval.day and clock >= interval.begin:
        return is_over_midnight or clock < interval.until
    return is_over_midnight and today == (interval.day + 1) % 7 and clock < interval.until


def minutes_after(moment, count):
    return [moment + number * MINUTE for number in range(1, count + 1)]


@settings(deadline=None)
@given(plans())
def test_is_open_matches_the_reference(plan):
    hours, moment = plan
    for each in minutes_after(moment, 90):
        assert hours.is_open(each) == is_open_by_reference(hours, each)


@settings(deadline=None)
@given(plans())
def test_changes_match_a_scan_by_minute(plan):
    """Clocks change on whole minutes in these years, so a scan by minute misses no change."""
    hours, moment = plan
    before, seen = is_open_by_reference(hours, moment), []
    for each in minutes_after(moment, 3 * 24 * 60):
        if (now := is_open_by_reference(hours, each)) != before:
            seen.append((each, now))
            before = now
    end = moment + timedelta(days=3)
    found = []
    for each, opens in hours.changes(moment):
        if each > end:
            break
        # Python never considers a time in a repeated hour equal to one in a different zone.
        found.append((each.astimezone(UTC), opens))
    assert found == seen


@given(plans(), st.integers(0, 59))
def test_next_opening_is_a_change_to_open(plan, seconds):
    hours, moment = plan
    moment += timedelta(seconds=seconds, microseconds=seconds)
    opening = hours.next_opening(moment)
    assume(opening is not None)
    assert moment < opening <= moment + HORIZON
    assert hours.is_open(opening)
    assert not hours.is_open(opening.astimezone(UTC) - timedelta(microseconds=1))
    assert opening.tzinfo == hours.zone


@given(plans())
def test_next_closing_is_a_change_to_closed(plan):
    hours, moment = plan
    closing = hours.next_closing(moment)
    assume(closing is not None)
    assert not hours.is_open(closing)
    assert hours.is_open(closing.astimezone(UTC) - timedelta(microseconds=1))


@given(plans())
def test_openings_and_closings_alternate(plan):
    hours, moment = plan
    opens = [
        each for (_moment, each), _number in zip(hours.changes(moment), range(20), strict=False)
    ]
    assert opens == [hours.is_open(moment) == bool(number % 2) for number in range(len(opens))]


@given(plans())
def test_open_or_closed_with_a_reason(plan):
    hours, moment = plan
    closed = hours.closed(moment)
    assert (closed is None) == hours.is_open(moment)
    if closed:
        assert closed.status in ("outside_office_hours", "day_off")
        assert closed.until == hours.next_opening(moment)


def as_stored(hours):
    week = [
        {"day": each.day, "from": f"{each.begin:%H:%M}", "to": f"{each.until:%H:%M}"}
        for each in hours.week
    ]
    off = [days(each.first.isoformat(), each.last.isoformat(), each.name) for each in hours.off]
    return {"week": week, "off": off}


@given(plans())
def test_stored_hours_are_read_back(plan):
    hours, _moment = plan
    assert Hours.read(as_stored(hours), zone=hours.zone) == hours
    holidays = as_stored(hours)["off"]
    assert Hours.read({}, zone=hours.zone, holidays=holidays).off == hours.off
