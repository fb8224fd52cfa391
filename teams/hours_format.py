"""Stored hours (teams.hours) as people read them, one line each."""

from datetime import date, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _

MONDAY = date(2026, 1, 5)


def format_hours(stored) -> list[str]:
    """Return lines such as "Mon–Fri 09:00–17:00", then "24 Dec 2026–26 Dec 2026 Christmas"."""
    stored = stored or {}
    lines = [*format_week(stored.get("week") or []), *format_days_off(stored.get("off") or [])]
    return [*lines, _("on holidays too")] if stored.get("on_holidays") else lines


def format_week(rows) -> list[str]:
    """Return one line for each run of consecutive days with the same hours."""
    runs = []
    for day in range(7):
        spans = ", ".join(
            f"{format_clock(row['from'])}–{format_clock(row['to'])}"
            for row in rows
            if row["day"] == day
        )
        if runs and runs[-1][2] == spans:
            runs[-1][1] = day
        else:
            runs.append([day, day, spans])
    return [f"{format_days(first, last)} {spans}" for first, last, spans in runs if spans]


def format_days(first, last):
    return day_name(first) if first == last else f"{day_name(first)}–{day_name(last)}"


def day_name(day):
    return date_format(date.fromordinal(MONDAY.toordinal() + day), "D")


def format_clock(text):
    return text if text == "24:00" else time.fromisoformat(text).strftime("%H:%M")


def format_days_off(rows) -> list[str]:
    """Return a line for each of the stored days off, or holidays."""
    return [format_day_off(row) for row in rows or ()]


def format_day_off(row):
    first, last = row["first"], row.get("last") or row["first"]
    span = format_date(first) if first == last else f"{format_date(first)}–{format_date(last)}"
    return f"{span} {row.get('name', '')}".strip()


def format_date(day):
    return date_format(date.fromisoformat(day), _("j M Y"))
