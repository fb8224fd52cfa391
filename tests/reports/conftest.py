import csv
import io
import re

import pytest

from inbox.models import Inbox
from reports.recording import record_new_entries
from teams.models import Workspace
from tests.reports.timeline import Timeline

WEEKDAYS = [{"day": day, "from": "09:00", "to": "17:00"} for day in range(5)]
SUNDAY_NIGHT = {"day": 6, "from": "01:00", "to": "05:00"}


@pytest.fixture
def history(acme):
    """Three conversations around the night in which Berlin's clocks skip an hour.

    Friday 27 March 2026 to Monday 30 March; on Sunday, 02:00 is followed by 03:00. The inbox is
    open on weekdays 09:00 to 17:00 and on Sunday 01:00 to 05:00, which has three hours that night.
    """
    Workspace.objects.filter(pk=acme.workspace.pk).update(time_zone="Europe/Berlin")
    acme.workspace.refresh_from_db()
    hours = {"week": [*WEEKDAYS, SUNDAY_NIGHT]}
    Inbox.objects.filter(pk=acme.inbox.pk).update(hours=hours)
    zone = acme.workspace.zone

    a = Timeline(acme.inbox, zone, name="Vera")
    a.contact_writes("2026-03-27 16:50")
    a.routed("2026-03-27 16:50", "assigned", to=acme.bob)
    a.notes("2026-03-27 16:55", acme.bea)
    a.replies("2026-03-27 17:10", acme.bob)  # 20 min; 10 min open
    a.happens("2026-03-27 17:20", "resolved", by=acme.bob)  # 30 min; 10 min open
    a.contact_writes("2026-03-30 09:30")
    a.happens("2026-03-30 09:30", "reopened", contact="Vera")
    a.routed("2026-03-30 09:30", "kept", to=acme.bob, rule="kept", trigger="reopened")
    a.assigned("2026-03-30 10:00", acme.bea, by=acme.alice)
    a.replies("2026-03-30 10:30", acme.bea)  # 60 min
    a.happens("2026-03-30 11:30", "resolved", by=acme.bea)  # 120 min

    b = Timeline(acme.inbox, zone, name="=Max")
    b.contact_writes("2026-03-29 00:30")
    b.routed("2026-03-29 00:30", "waiting", rule="queued")
    b.routed("2026-03-29 04:30", "assigned", to=acme.bea, trigger="sweep")  # 3 h; 2 h 30 open
    b.replies("2026-03-29 04:30", acme.bea)  # the same
    b.happens("2026-03-29 06:00", "snoozed", by=acme.bea, until="2026-03-30T09:00:00+02:00")
    b.happens("2026-03-30 09:00", "woken", cause="time", contact="=Max")
    b.happens("2026-03-30 09:15", "resolved", by=acme.bea)  # 31 h 45 min; 3 h 15 min open

    c = Timeline(acme.inbox, zone, name="Zoe")
    c.contact_writes("2026-03-30 23:30")
    c.routed("2026-03-30 23:30", "assigned", to=acme.bob)
    c.routed("2026-03-30 23:40", "assigned", to=acme.bea, trigger="timer")

    record_new_entries()
    return [each.conversation for each in (a, b, c)]


def read_page(client, url):
    """Return a page with its sections, which the browser asks for."""
    answer = client.get(url)
    assert answer.status_code == 200
    sections = re.findall(r'hx-get="(/w/[^"]*/section/[^"]*)"', answer.text)
    parts = [client.get(each.replace("&amp;", "&")).text for each in sections]
    return "\n".join([answer.text, *parts])


def read_csv(answer):
    return list(csv.reader(io.StringIO(answer.getvalue().decode())))
