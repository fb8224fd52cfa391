"""Team Settings > Audit log: who did what, when, from where."""

import csv
from datetime import datetime, time
from itertools import islice

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET

from messagehub.lib.csv import Echo, safe_cells
from messagehub.lib.text import parse_number
from teams.access import Permission, workspace_page
from teams.audit_actions import ACTIONS
from teams.models import AuditEntry

PAGE = 100
MAX_CSV_ROWS = 100_000


def filter_entries(request):
    """Apply the filters of the query string to the entries, ignoring invalid ones."""
    query = request.GET
    entries = AuditEntry.objects.filter(workspace=request.workspace).order_by("-created_at", "-pk")
    if query.get("action") in ACTIONS:
        entries = entries.filter(action=query["action"])
    if by := query.get("by", ""):
        entries = entries.filter(by_name=by.replace("\x00", ""))
    zone = request.workspace.zone
    if day := parse_day(query.get("from", "")):
        entries = entries.filter(created_at__gte=datetime.combine(day, time.min, zone))
    if day := parse_day(query.get("to", "")):
        entries = entries.filter(created_at__lte=datetime.combine(day, time.max, zone))
    return entries


def parse_day(text):
    try:
        day = parse_date(text)
    except ValueError:
        return None
    # A time zone can shift the first and the last year out of the calendar.
    return day if day and 1 < day.year < 9999 else None


@require_GET
@workspace_page(Permission.SEE_AUDIT_LOG)
def audit_log(request):
    page = parse_number(request.GET.get("page", "1"), digits=5) or 1
    entries = list(filter_entries(request)[(page - 1) * PAGE : page * PAGE + 1])
    query = request.GET.copy()
    query.pop("page", None)
    signed = AuditEntry.objects.filter(workspace=request.workspace).exclude(by_name="")
    context = {
        "entries": entries[:PAGE],
        "next_page": page + 1 if len(entries) > PAGE else None,
        "query": query.urlencode(),
        "actions": [(key, str(label) % {"target": "…"}) for key, label in ACTIONS.items()],
        "people": signed.values_list("by_name", flat=True).distinct().order_by("by_name"),
        "filters": request.GET,
    }
    return render(request, "teams/audit_log.html", context)


@require_GET
@workspace_page(Permission.SEE_AUDIT_LOG)
def audit_csv(request):
    writer = csv.writer(Echo())
    header = ["time", "who", "what", "before", "after", "address", "browser"]
    entries = islice(filter_entries(request).iterator(chunk_size=1000), MAX_CSV_ROWS)
    rows = (
        writer.writerow(safe_cells(row))
        for row in csv_rows(header, entries, request.workspace.zone)
    )
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    name = f"audit-log-{request.workspace.slug}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def csv_rows(header, entries, zone):
    yield header
    for entry in entries:
        yield [
            localtime(entry.created_at, zone).isoformat(timespec="seconds"),
            entry.actor,
            entry.sentence,
            format_values(entry.before),
            format_values(entry.after),
            entry.address or "",
            entry.browser,
        ]


def format_values(values):
    return "; ".join(
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in values.items()
    )
