"""A member who is offline is emailed about a mention, unless they read it or don't want it."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from django.core import mail

from inbox.actions.message import post_note
from inbox.actions.read_marker import mark_read
from inbox.actions.revision import delete_message
from notifications.sweep import notify_of_new_entries
from outbox.models import Delivery
from teams.models import Membership
from tests.live_events import committed
from tests.routing.mails import mailed, pass_time

SOON = timedelta(minutes=1)


@pytest.fixture
def conversation(acme, vera):
    return vera.writes("A contact's words").conversation


def mention(conversation, acme, body="@Bea, please look"):
    Delivery.objects.exclude(kind="mentioned").delete()
    with committed():
        return post_note(conversation, body=body, client_id=uuid4(), by=acme.alice)


def test_an_offline_member_gets_one_email_about_the_latest_mention(acme, conversation):
    mention(conversation, acme)
    mention(conversation, acme, "@Bea, it's <b>urgent</b>")
    with committed():
        notify_of_new_entries()
    pass_time(SOON)
    [email] = mailed("bea")
    assert email.subject.startswith("Alice mentioned you (#1, ")
    assert "> @Bea, it's <b>urgent</b>" in email.body
    assert "/w/acme/conversations/1/" in email.body
    assert "it&#x27;s &lt;b&gt;urgent" in email.alternatives[0].content
    assert "A contact's words" not in email.body
    mention(conversation, acme, "@Bea, again")
    pass_time(SOON)
    assert len(mailed("bea")) == 2
    assert {address for each in mail.outbox for address in each.to} == {"bea@acme.example"}


def test_an_online_member_has_the_bell(acme, conversation, online):
    online(acme.bea)
    mention(conversation, acme)
    assert not Delivery.objects.filter(kind="mentioned").exists()


@pytest.mark.parametrize("reason", ["read", "turned off", "no access", "suspended", "deleted"])
def test_the_email_is_cancelled(acme, conversation, reason):
    note = mention(conversation, acme)
    if reason == "read":
        mark_read(conversation, membership=acme.bea, seq=note.seq)
    elif reason == "turned off":
        Membership.objects.filter(pk=acme.bea.pk).update(email_mentions=False)
    elif reason == "no access":
        acme.inbox.members.filter(membership=acme.bea).delete()
    elif reason == "deleted":
        delete_message(note, by=acme.alice)
    else:
        Membership.objects.filter(pk=acme.bea.pk).update(suspended_at="2026-01-01T00:00Z")
    pass_time(SOON)
    assert Delivery.objects.get(kind="mentioned").state == "cancelled"
    assert mail.outbox == []


def test_it_waits_for_the_end_of_quiet_hours_and_while_they_are_online(acme, conversation, online):
    hour = datetime.now(UTC).hour
    quiet = {"quiet_from": time((hour - 6) % 24), "quiet_to": time((hour + 6) % 24)}
    Membership.objects.filter(pk=acme.bea.pk).update(**quiet)
    mention(conversation, acme)
    pass_time(SOON)
    assert mail.outbox == []
    Membership.objects.filter(pk=acme.bea.pk).update(quiet_from=None, quiet_to=None)
    online(acme.bea)
    pass_time(timedelta(days=1))
    assert mail.outbox == []
    assert Delivery.objects.get(kind="mentioned").state == "waiting"


def test_a_member_who_turned_it_off_gets_none(acme, conversation, sign_in):
    client, url = sign_in(acme.bea), "/w/acme/my/notifications/"
    assert client.post(url, {"email_mine": "on", "email_queue": "on"}).status_code == 302
    mention(conversation, acme)
    assert not Delivery.objects.filter(kind="mentioned").exists()
