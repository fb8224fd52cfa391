"""Office hours, notifications, capacity and holidays."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from teams.actions.availability import set_hours
from teams.forms.hours import HolidaysForm, HoursForm
from teams.hours import Hours
from teams.models import AuditEntry, Membership
from teams.upcoming_hours import open_until, upcoming_hours

HOURS, NOTIFICATIONS = "/w/acme/my/hours/", "/w/acme/my/notifications/"
HOLIDAYS = "/w/acme/settings/general/holidays/"
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def rows(*, off=(), time_zone="", **days):
    """Return what a browser posts for monday=[("09:00", "17:00")], off=[(first, last, name)]."""
    names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    posted = {"time_zone": time_zone}
    for name, intervals in days.items():
        day = f"day-{names.index(name)}"
        posted[f"{day}-from"] = [begin for begin, _end in intervals]
        posted[f"{day}-to"] = [end for _begin, end in intervals]
    for number, field in enumerate(("first", "last", "name")):
        posted[f"off-{field}"] = [row[number] for row in off]
    return posted


def bound(form=HoursForm, stored=None, **posted):
    data = QueryDict(mutable=True)
    for name, values in rows(**posted).items():
        data.setlist(name, values if isinstance(values, list) else [values])
    stored = ({} if form is HoursForm else []) if stored is None else stored
    return form(data, stored=stored)


def errors_of(form):
    assert not form.is_valid()
    assert form.non_field_errors()
    found = [row for day in getattr(form, "days", []) for row in day.rows]
    return [(row.wrong_fields, row.error) for row in [*found, *form.off_rows] if row.error]


def monday(*intervals):
    return bound(monday=list(intervals))


# The form


def test_week_and_days_off_are_stored():
    form = bound(
        monday=[("13:00", "17:00"), ("09:00", "12:00")],
        friday=[("22:00", "06:00")],
        saturday=[("18:00", "00:00")],
        off=[("2026-12-24", "2026-12-26", " Christmas  time"), ("2026-05-01", "", "")],
    )
    assert form.is_valid()
    assert form.stored == {
        "week": [
            {"day": 0, "from": "09:00", "to": "12:00"},
            {"day": 0, "from": "13:00", "to": "17:00"},
            {"day": 4, "from": "22:00", "to": "06:00"},
            {"day": 5, "from": "18:00", "to": "24:00"},
        ],
        "off": [
            {"first": "2026-05-01", "last": "2026-05-01", "name": ""},
            {"first": "2026-12-24", "last": "2026-12-26", "name": "Christmas time"},
        ],
    }


def test_stored_hours_survive_editing():
    stored = {"week": [{"day": 0, "from": "00:00", "to": "24:00"}]}
    shown = HoursForm(stored=stored).days[0].rows[0]
    assert (shown.start, shown.until_shown, shown.ends) == ("00:00", "00:00", "all-day")
    again = monday((shown.start, shown.until_shown))
    assert again.is_valid()
    assert again.stored == stored


def test_empty_form_means_always():
    form = monday(("", ""), (" ", ""))
    assert form.is_valid()
    assert form.stored == {}
    assert HoursForm(QueryDict(""), stored={}).is_valid()


def test_any_spelling_of_midnight_means_a_whole_day():
    for end in ("00:00", "24:00"):
        form = monday(("00:00", end))
        assert form.is_valid()
        assert form.stored["week"] == [{"day": 0, "from": "00:00", "to": "24:00"}]


@pytest.mark.parametrize(
    ("interval", "wrong", "text"),
    [
        (("9 o'clock", "17:00"), ("start",), "Enter times like"),
        (("09:00", "25:00"), ("until",), "Enter times like"),
        (("09:00", "17:0x"), ("until",), "Enter times like"),
        (("nine", "\u202efive"), ("start", "until"), "Enter times like"),
        (("24:00", "06:00"), ("start",), "Enter times like"),
        (("09:00", ""), ("until",), "Enter both times"),
        (("", "17:00"), ("start",), "Enter both times"),
        (("09:00", "09:00"), ("start", "until"), "Start and end are the same"),
    ],
)
def test_invalid_interval_is_refused_at_its_row(interval, wrong, text):
    [(where, error)] = errors_of(monday(("01:00", "02:00"), interval))
    assert where == wrong
    assert error.startswith(text)


@pytest.mark.parametrize(
    "other", [("11:00", "13:00"), ("08:00", "18:00"), ("10:00", "11:00"), ("08:00", "07:00")]
)
def test_overlapping_hours_are_refused_at_the_later_row(other):
    form = monday(("09:00", "12:00"), other)
    [(_where, error)] = errors_of(form)
    assert error == "Overlaps with 09:00 to 12:00 on the same day."
    assert [bool(row.error) for row in form.days[0].rows] == [False, True]


def test_touching_hours_are_accepted():
    assert monday(("09:00", "12:00"), ("12:00", "17:00")).is_valid()
    # The night ends on Tuesday, so no part of Monday overlaps.
    assert monday(("09:00", "12:00"), ("22:00", "10:00")).is_valid()


@pytest.mark.parametrize(
    ("row", "wrong", "text"),
    [
        (("2026-12-26", "2026-12-24", "x"), ("last",), "The last day is before"),
        (("", "2026-12-24", ""), ("first",), "Enter the first day"),
        (("", "", "Christmas"), ("first",), "Enter the first day"),
        (("24.12.2026", "", ""), ("first", "last"), "Enter dates like"),
        (("2026-02-30", "2026-03-01", ""), ("first",), "Enter dates like"),
        (("20261224", "20261224", ""), ("first", "last"), "Enter dates like"),
        (("2026-12-24", "", "x" * 61), ("name",), "Ensure this value has at most 60"),
    ],
)
@pytest.mark.parametrize("form", [HoursForm, HolidaysForm])
def test_invalid_days_off_are_refused_at_their_row(form, row, wrong, text):
    [(where, error)] = errors_of(bound(form, off=[("2026-01-01", "", "New Year"), row]))
    assert where == wrong
    assert error.startswith(text)


def test_number_of_rows_is_limited():
    seven = [(f"{hour:02}:00", f"{hour:02}:30") for hour in range(7)]
    assert monday(*seven[:6]).is_valid()
    form = monday(*seven)
    assert not form.is_valid()
    assert form.days[0].error == "Enter at most 6 rows per day."
    day = ("2026-01-01", "", "")
    assert bound(off=[day] * 100).is_valid()
    assert "Enter at most 100 days off." in bound(off=[day] * 101).non_field_errors()


def test_holiday_choice_is_kept_when_not_asked():
    stored = {"on_holidays": True}
    form = bound(stored=stored)
    assert form.is_valid()
    assert form.stored == stored
    asked = HoursForm(QueryDict(""), stored=stored, holidays=[])
    assert asked.is_valid()
    assert asked.stored == {}


# My settings


def test_my_office_hours_are_saved_and_shown(acme, sign_in):
    bob = sign_in(acme.bob)
    off = [("2030-12-24", "2030-12-26", "Christmas")]
    week = rows(monday=[("09:00", "17:00")], off=off, time_zone="Asia/Tokyo")
    assert bob.post(HOURS, week | {"on_holidays": "on"}).status_code == 302
    saved = Membership.objects.get(pk=acme.bob.pk)
    assert saved.time_zone == "Asia/Tokyo"
    assert saved.hours == {
        "week": [{"day": 0, "from": "09:00", "to": "17:00"}],
        "off": [{"first": "2030-12-24", "last": "2030-12-26", "name": "Christmas"}],
        "on_holidays": True,
    }
    page = bob.get(HOURS).content.decode()
    for text in ('value="09:00"', 'value="2030-12-24"', 'value="Christmas"', "Next:", "checked"):
        assert text in page
    assert '<option value="Asia/Tokyo" selected>' in page
    assert not AuditEntry.objects.filter(action="member.hours").exists()


def test_page_explains_that_empty_means_always(acme, sign_in):
    page = sign_in(acme.bob).get(HOURS).content.decode()
    assert "No hours set, so always available." in page
    assert "Same as the workspace (UTC)" in page


def test_invalid_form_saves_nothing_and_keeps_the_input(acme, sign_in):
    set_hours(acme.bob, hours={"on_holidays": True}, time_zone="", by=acme.bob)
    week = rows(
        monday=[("09:00", "17:00"), ("10:xx", "11:00")],
        off=[("2026-12-24", "2026-12-20", "Christmas")],
        time_zone="Europe/Berlin",
    )
    answer = sign_in(acme.bob).post(HOURS, week)
    page = answer.content.decode()
    assert answer.status_code == 400
    for text in (
        'value="09:00"',
        'value="10:xx"',
        'value="11:00"',
        'value="2026-12-20"',
        'value="Christmas"',
        '<option value="Europe/Berlin" selected>',
        "Enter times like 09:00 or 17:30.",
        "The last day is before the first day.",
    ):
        assert text in page
    assert page.count('aria-invalid="true"') == 2
    saved = Membership.objects.get(pk=acme.bob.pk)
    assert (saved.hours, saved.time_zone) == ({"on_holidays": True}, "")


def test_invalid_time_zone_is_refused(acme, sign_in):
    answer = sign_in(acme.bob).post(HOURS, rows(time_zone="Mars/Olympus"))
    assert answer.status_code == 400
    assert Membership.objects.get(pk=acme.bob.pk).time_zone == ""


def test_input_is_escaped(acme, sign_in):
    script = '"><script>alert(1)</script>'
    week = rows(monday=[(script, "17:00")], off=[("2026-12-24", "", script)])
    assert script not in sign_in(acme.bob).post(HOURS, week).content.decode()


def test_my_hours_ignore_other_member_ids(acme, sign_in):
    """The hours of the signed-in member change, whatever else is posted."""
    week = rows(monday=[("09:00", "17:00")])
    sign_in(acme.bob).post(HOURS, week | {"member": str(acme.bea.pk), "capacity": "1"})
    bea = Membership.objects.get(pk=acme.bea.pk)
    bob = Membership.objects.get(pk=acme.bob.pk)
    assert (bool(bob.hours), bea.hours, bob.capacity) == (True, {}, None)


def test_my_notifications(acme, sign_in):
    bob = sign_in(acme.bob)
    page = bob.get(NOTIFICATIONS).content.decode()
    assert page.count(" checked") == 3
    quiet = {"email_mine": "on", "quiet_from": "22:00", "quiet_to": "06:30"}
    assert bob.post(NOTIFICATIONS, quiet).status_code == 302
    saved = Membership.objects.get(pk=acme.bob.pk)
    assert (saved.email_mine, saved.email_queue) == (True, False)
    assert (saved.quiet_from, saved.quiet_to) == (time(22), time(6, 30))
    assert 'value="22:00"' in bob.get(NOTIFICATIONS).content.decode()
    bob.post(NOTIFICATIONS, {"quiet_from": "", "quiet_to": ""})
    saved.refresh_from_db()
    assert (saved.email_mine, saved.quiet_from, saved.quiet_to) == (False, None, None)


@pytest.mark.parametrize(
    ("begin", "end", "text"),
    [
        ("22:00", "", "Enter both times, or leave both blank."),
        ("", "06:00", "Enter both times, or leave both blank."),
        ("22:00", "22:00", "Enter a different time"),
        ("22 h", "06:00", "Enter a time like 22:00."),
    ],
)
def test_quiet_hours_need_both_times(acme, sign_in, begin, end, text):
    answer = sign_in(acme.bob).post(NOTIFICATIONS, {"quiet_from": begin, "quiet_to": end})
    assert answer.status_code == 400
    assert text in answer.content.decode()
    saved = Membership.objects.get(pk=acme.bob.pk)
    assert (saved.email_mine, saved.quiet_from, saved.quiet_to) == (True, None, None)


@pytest.mark.parametrize(("zone", "shown"), [("", "1 p.m."), ("Asia/Tokyo", "9 p.m.")])
def test_times_are_shown_in_my_time_zone(acme, sign_in, zone, shown):
    acme.workspace.time_zone = "Europe/Berlin"
    acme.workspace.save()
    Membership.objects.filter(pk=acme.alice.pk).update(time_zone=zone)
    AuditEntry.objects.update(created_at=SUNDAY)
    log = sign_in(acme.alice).get("/w/acme/team/audit-log/").content.decode()
    assert f"{shown}</time>" in log


# The preview


def preview(*week, now=SUNDAY, off=()):
    stored = {"week": [{"day": d, "from": a, "to": b} for d, a, b in week], "off": list(off)}
    hours = Hours.read(stored, zone=ZoneInfo("UTC"))
    return upcoming_hours(hours, now), open_until(hours, now)


def test_preview_shows_the_next_hours():
    assert preview((0, "09:00", "17:00"), (2, "22:00", "06:00")) == (
        ["Mon 09:00–17:00", "Wed 22:00–Thu 06:00", "30 Nov, 09:00–17:00"],
        "",
    )
    assert preview((0, "18:00", "24:00"))[0][0] == "Mon 18:00–24:00"


def test_preview_within_office_hours():
    coming, until = preview((6, "09:00", "17:00"))
    assert (coming[0], until) == ("29 Nov, 09:00–17:00", "17:00")


def test_preview_without_hours():
    assert preview() == ([], "")
    christmas = {"first": "2026-12-24", "last": "2026-12-25"}
    assert preview(off=[christmas]) == (["from 26 Dec, 00:00 on"], "24 Dec, 00:00")


# Settings of other members


def test_administrator_sets_hours_of_others_with_an_audit_entry(acme, sign_in):
    alice = sign_in(acme.alice)
    path = f"/w/acme/team/members/{acme.bob.pk}/hours/"
    page = alice.get(path).content.decode()
    assert "Works on the workspace’s holidays too" in page
    assert f'<a class="button" href="/w/acme/team/members/{acme.bob.pk}/">Cancel</a>' in page
    week = rows(monday=[("09:00", "17:00")], time_zone="Europe/Berlin")
    assert alice.post(path, week)["Location"] == f"/w/acme/team/members/{acme.bob.pk}/"
    saved = Membership.objects.get(pk=acme.bob.pk)
    assert saved.time_zone == "Europe/Berlin"
    page = alice.get(f"/w/acme/team/members/{acme.bob.pk}/").content.decode()
    assert "Mon 09:00–17:00" in page
    entry = AuditEntry.objects.get(action="member.hours")
    assert (entry.by, entry.target) == (acme.alice, "Bob")
    assert ("time_zone", "", "Europe/Berlin") in entry.changes
    log = alice.get("/w/acme/team/audit-log/").content.decode()
    assert "changed the office hours of Bob" in log
    assert "<ins>Mon 09:00–17:00</ins>" in log


def test_capacity_is_set_and_removed(acme, sign_in):
    alice = sign_in(acme.alice)
    path = f"/w/acme/team/members/{acme.bob.pk}/capacity/"
    assert alice.post(path, {"capacity": "3"}).status_code == 302
    assert Membership.objects.get(pk=acme.bob.pk).capacity == 3
    assert 'value="3"' in alice.get(f"/w/acme/team/members/{acme.bob.pk}/").content.decode()
    for wrong in ("0", "-1", "x", "1.5", "99999"):
        answer = alice.post(path, {"capacity": wrong})
        assert answer.status_code == 400
        assert f'value="{wrong}"' in answer.content.decode()
    assert Membership.objects.get(pk=acme.bob.pk).capacity == 3
    alice.post(path, {"capacity": ""})
    assert Membership.objects.get(pk=acme.bob.pk).capacity is None
    entries = AuditEntry.objects.filter(action="member.capacity").order_by("created_at")
    assert [entry.changes for entry in entries] == [
        [("capacity", None, 3)],
        [("capacity", 3, None)],
    ]


# Holidays of the workspace


def test_holidays_apply_to_everyone_with_an_audit_entry(acme, globex, sign_in):
    alice = sign_in(acme.alice)
    off = [("2026-12-24", "2026-12-26", "Christmas")]
    assert alice.post(HOLIDAYS, rows(off=off)).status_code == 302
    acme.workspace.refresh_from_db()
    assert acme.workspace.holidays == [
        {"first": "2026-12-24", "last": "2026-12-26", "name": "Christmas"}
    ]
    bob = Membership.objects.with_related().get(pk=acme.bob.pk)
    assert bob.office_hours.closed(datetime(2026, 12, 25, tzinfo=UTC)).name == "Christmas"
    globex.workspace.refresh_from_db()
    assert globex.workspace.holidays == []
    entry = AuditEntry.objects.get(action="workspace.updated")
    assert entry.changes == [("holidays", [], ["24 Dec 2026–26 Dec 2026 Christmas"])]
    alice.post(HOLIDAYS, rows(off=off))
    assert AuditEntry.objects.filter(action="workspace.updated").count() == 1
    assert "Christmas" in sign_in(acme.bob).get(HOURS).content.decode()


def test_invalid_holidays_are_refused_and_kept(acme, sign_in):
    off = [("2026-12-26", "2026-12-24", "Christmas")]
    answer = sign_in(acme.alice).post(HOLIDAYS, rows(off=off))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "The last day is before the first day." in page
    assert 'value="Christmas"' in page
    acme.workspace.refresh_from_db()
    assert acme.workspace.holidays == []


def test_time_zone_choices_are_places(acme, sign_in):
    for person, address in ((acme.bob, HOURS), (acme.alice, "/w/acme/settings/general/")):
        page = sign_in(person).get(address).content.decode()
        assert '<option value="Europe/Berlin">' in page
        assert '<option value="Factory">' not in page
        assert '<option value="localtime">' not in page


def test_current_time_zone_is_selected_and_invalid_ones_are_refused(acme, sign_in):
    client, address = sign_in(acme.alice), "/w/acme/settings/general/"
    fields = {"name": "Acme", "language": "en"}
    assert client.post(address, {**fields, "time_zone": "Asia/Tokyo"}).status_code == 302
    page = client.get(address).content.decode()
    assert page.count(" selected>") == 2  # the other is the language
    assert '<option value="Asia/Tokyo" selected>Asia/Tokyo</option>' in page
    refused = client.post(address, {**fields, "time_zone": 'Moon"><b>'})
    assert refused.status_code == 400
    assert 'aria-invalid="true"' in refused.content.decode()
    assert "<b>" not in refused.content.decode().partition("<select")[2].partition("</select>")[0]
