"""Stored hours (teams.hours) as people read them, a line each; see also teams.upcoming_hours."""

from datetime import date, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _

MONDAY = date(2026, 1, 5)


def format_hours(stored) -> list[str]:
    """["Mon–Fri 09:00–17:00", "Sat 10:00–14:00", "24 Dec 2026–26 Dec 2026 Christmas"]."""
    stored = stored or {}
    lines = [*week_lines(stored.get("week") or []), *format_days_off(stored.get("off") or [])]
    return [*lines, _("on holidays too")] if stored.get("on_holidays") else lines


def week_lines(rows):
    """Days in a row with the same hours share a line."""
    runs = []
    for day in range(7):
        spans = ", ".join(
            f"{clock(row['from'])}–{clock(row['to'])}" for row in rows if row["day"] == day
        )
        if runs and runs[-1][2] == spans:
            runs[-1][1] = day
        else:
            runs.append([day, day, spans])
    return [f"{days(first, last)} {spans}" for first, last, spans in runs if spans]


def days(first, last):
    return day_name(first) if first == last else f"{day_name(first)}–{day_name(last)}"


def day_name(day):
    return date_format(date.fromordinal(MONDAY.toordinal() + day), "D")


def clock(text):
    return text if text == "24:00" else time.fromisoformat(text).strftime("%H:%M")


def format_days_off(rows) -> list[str]:
    """Stored days off, or holidays."""
    return [off_line(row) for row in rows or ()]


def off_line(row):
    first, last = row["first"], row.get("last") or row["first"]
    span = written(first) if first == last else f"{written(first)}–{written(last)}"
    return f"{span} {row.get('name', '')}".strip()


def written(day):
    return date_format(date.fromisoformat(day), "j M Y")
