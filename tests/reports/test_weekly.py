"""The weekly report: once, on Monday morning where the member is, while they want and may."""

from datetime import UTC, datetime

import pytest

from outbox.kinds import render
from outbox.models import Delivery
from reports.models import WeeklyReportSubscription
from reports.weekly import queue_weekly_reports
from teams.models import Membership

# In Berlin, Monday 30 March 2026, 07:30 and 06:30.
MORNING = datetime(2026, 3, 30, 5, 30, tzinfo=UTC)
TOO_EARLY = datetime(2026, 3, 30, 4, 30, tzinfo=UTC)
URL = "/w/acme/reports/weekly/"


@pytest.fixture
def subscribed(history, acme, sign_in):
    assert sign_in(acme.alice).post(URL).status_code == 200


def queued(now=MORNING):
    queue_weekly_reports(now)
    return Delivery.objects.filter(kind="weekly_report")


def test_it_has_the_figures_of_last_week(subscribed, acme):
    [delivery] = queued()
    assert delivery.recipient == acme.alice.user.email
    email = render(delivery)
    assert email.subject == "Acme: 23 Mar 2026 – 29 Mar 2026"
    for text in ("New conversations: 2", "Resolved: 1", "First response (median): 1 h 40 min"):
        assert text in email.text
    assert "/w/acme/reports/?period=custom&from=2026-03-23&to=2026-03-29" in email.text
    assert "1 h 40 min" in email.html


def test_it_is_queued_once_each_monday(subscribed):
    assert queued(TOO_EARLY).count() == 0
    assert queued().count() == queued().count() == 1
    assert queued(datetime(2026, 3, 31, 8, tzinfo=UTC)).count() == 1
    assert queued(datetime(2026, 4, 6, 8, tzinfo=UTC)).count() == 2


def test_monday_morning_is_that_of_the_member(subscribed, acme):
    Membership.objects.filter(pk=acme.alice.pk).update(time_zone="America/New_York")
    assert queued().count() == 0
    assert queued(datetime(2026, 3, 30, 11, 30, tzinfo=UTC)).count() == 1


def test_no_one_gets_it_unasked(history, acme):
    assert queued().count() == 0


def test_unsubscribing_also_cancels_what_is_queued(subscribed, acme, sign_in):
    [delivery] = queued()
    client = sign_in(acme.alice)
    assert "Unsubscribe" in client.get(URL).text
    assert "Unsubscribe" not in client.post(f"{URL}end/").text
    assert not WeeklyReportSubscription.objects.exists()
    assert render(delivery) is None


@pytest.mark.parametrize("ended", ["removed_at", "suspended_at"])
def test_not_without_access(subscribed, acme, ended):
    [delivery] = queued()
    Membership.objects.filter(pk=acme.alice.pk).update(**{ended: MORNING})
    assert render(delivery) is None
    assert queued(datetime(2026, 4, 6, 8, tzinfo=UTC)).count() == 1


def test_not_without_the_permission(subscribed, acme):
    [delivery] = queued()
    Membership.objects.filter(pk=acme.alice.pk).update(role=acme.bob.role)
    assert render(delivery) is None


def test_a_member_who_may_not_see_reports_is_not_asked(history, acme, sign_in):
    page = "/w/acme/my/notifications/"
    assert URL in sign_in(acme.alice).get(page).text
    assert URL not in sign_in(acme.bob).get(page).text
    assert sign_in(acme.bob).post(URL).status_code == 403
