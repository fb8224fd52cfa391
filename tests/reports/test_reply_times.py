"""The chat says how soon visitors usually get a reply, as measured from the timelines."""

from datetime import timedelta

import pytest
from django.utils import timezone

from inbox.models import Inbox
from reports.models import Fact
from reports.recording import record_new_entries
from reports.reply_times import MIN_REPLIES, PERIOD, update_reply_times
from tests.reports.timeline import Timeline
from tests.widget.test_state import read_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def replies(acme):
    """Bob's first replies: replies(count, minutes) each took that long."""

    def reply(count, minutes, *, ago=timedelta(days=2)):
        zone = acme.workspace.zone
        begin = (timezone.now() - ago).astimezone(zone).replace(second=0)
        for _ in range(count):
            timeline = Timeline(acme.inbox, zone)
            timeline.contact_writes(f"{begin:%Y-%m-%d %H:%M}")
            timeline.replies(f"{begin + timedelta(minutes=minutes):%Y-%m-%d %H:%M}", acme.bob)
        record_new_entries()

    return reply


def usual(acme):
    return Inbox.objects.get(pk=acme.inbox.pk).usual_reply_seconds


def test_it_is_the_median_of_the_inbox(acme, globex, replies):
    replies(6, 4)
    replies(5, 90)
    update_reply_times()
    assert usual(acme) == 240
    assert Inbox.objects.get(pk=globex.inbox.pk).usual_reply_seconds is None


def test_few_or_old_replies_say_nothing(acme, replies):
    replies(MIN_REPLIES - 1, 4)
    replies(3, 4, ago=PERIOD + timedelta(days=1))
    update_reply_times()
    assert usual(acme) is None
    replies(1, 4)
    update_reply_times()
    assert usual(acme) == 240
    Fact.objects.all().delete()
    update_reply_times()
    assert usual(acme) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, ""),
        (0, " We usually reply within a minute."),
        (60, " We usually reply within a minute."),
        (61, " We usually reply within 5 minutes."),
        (900, " We usually reply within 15 minutes."),
        (3600, " We usually reply within an hour."),
        (14_400, " We usually reply within a few hours."),
        (14_401, ""),
    ],
)
def test_the_chat_says_it_while_someone_is_available(acme, vera, online, seconds, text):
    Inbox.objects.filter(pk=acme.inbox.pk).update(usual_reply_seconds=seconds)
    assert "usually" not in read_state(vera.call("messages/"))[1]
    online(acme.bob)
    assert read_state(vera.call("messages/"))[1] == f"Acme: We're here. Ask us anything.{text}"
