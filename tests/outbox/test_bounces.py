"""Email providers' reports: which email is meant, and how its state changes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from anymail.signals import AnymailTrackingEvent, tracking
from django.utils import timezone

from outbox.actions import queue_delivery, queue_email, retry_delivery
from outbox.attempts import finish
from outbox.kinds import RenderedEmail, email_renderer
from outbox.models import Delivery
from outbox.sending import claim, deliver_due
from outbox.signals import delivery_ended

UNKNOWN = "smtp;550 5.1.1 The email account that you tried to reach does not exist"


@email_renderer("test-bounces")
def render_any(delivery):
    return RenderedEmail(subject="Hello", text="Text")


@pytest.fixture
def heard():
    """Record (state, id) of each delivery that ends."""
    ended = []

    def listen(sender, delivery, **kwargs):
        ended.append((delivery.state, delivery.pk))

    delivery_ended.connect(listen)
    yield ended
    delivery_ended.disconnect(listen)


def sent(provider_id="a-1", to="vera@example.com", **fields):
    delivery = queue_delivery(kind="test-bounces", to=to, payload={}, **fields)
    deliver_due(delivery.pk)
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    delivery.provider_id = provider_id
    delivery.save()
    return delivery


def report(event_type="bounced", **fields):
    fields = {"message_id": "a-1", "recipient": "vera@example.com", **fields}
    fields = {"timestamp": timezone.now(), "mta_response": UNKNOWN, **fields}
    tracking.send(
        None, event=AnymailTrackingEvent(event_type=event_type, **fields), esp_name="Test"
    )


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state


@pytest.mark.parametrize("event_type", ["bounced", "rejected", "failed"])
def test_a_bounced_email_gets_the_reason(db, heard, event_type):
    delivery = sent()
    report(event_type)
    assert state_of(delivery) == "bounced"
    assert delivery.reason == "no_mailbox"
    assert delivery.last_error == UNKNOWN
    assert delivery.failed_at
    assert heard == [("sent", delivery.pk), ("bounced", delivery.pk)]


@pytest.mark.parametrize("event_type", ["deferred", "delivered", "complained", "opened", "queued"])
def test_reports_of_deferred_or_delivered_emails_change_nothing(db, heard, event_type):
    delivery = sent()
    report(event_type)
    assert state_of(delivery) == "sent"
    assert heard == [("sent", delivery.pk)]


def test_a_repeated_report_has_no_effect(db, heard):
    delivery = sent()
    report()
    report(mta_response="554 something else")
    assert state_of(delivery) == "bounced"
    assert delivery.last_error == UNKNOWN
    assert [state for state, _pk in heard] == ["sent", "bounced"]


def test_delivered_after_bounced_changes_nothing(db):
    delivery = sent()
    report()
    report("delivered")
    assert state_of(delivery) == "bounced"


@pytest.mark.parametrize("state", ["waiting", "failed", "cancelled"])
def test_an_unsent_email_cannot_bounce(db, heard, state):
    delivery = sent()
    Delivery.objects.update(state=state)
    report()
    assert state_of(delivery) == state
    assert [each for each, _pk in heard] == ["sent"]


def test_a_bounce_a_week_later_counts(db):
    delivery = sent()
    Delivery.objects.update(sent_at=timezone.now() - timedelta(days=7))
    report()
    assert state_of(delivery) == "bounced"


def test_a_report_that_arrives_before_the_mark_wins(db, heard):
    delivery = queue_email(to="vera@example.com", subject="Hi", text="secret link")
    sending = claim(delivery.pk)
    report(message_id=f"<{delivery.message_id.strip('<>')}>")
    finish(sending, state=Delivery.State.SENT, sent_at=timezone.now())
    assert state_of(delivery) == "bounced"
    assert "text" not in delivery.payload
    assert heard == [("bounced", delivery.pk)]


@pytest.mark.parametrize("form", ["<{}>", "{}"])
def test_a_message_id_matches_with_and_without_brackets(db, form):
    delivery = queue_email(to="vera@example.com", subject="Hi", text="Text")
    deliver_due(delivery.pk)
    report(message_id=form.format(delivery.message_id.strip("<>")), recipient=None)
    assert state_of(delivery) == "bounced"


def test_metadata_and_recipient_match_without_a_message_id(db):
    delivery, other = sent(provider_id=""), sent(provider_id="", to="max@example.com")
    mark = {"delivery": str(delivery.pk)}
    report(message_id="unheard-of", metadata=mark, recipient="max@example.com")
    assert (state_of(delivery), state_of(other)) == ("sent", "sent")
    report(message_id=None, metadata=mark, recipient="VERA@example.com")
    assert (state_of(delivery), state_of(other)) == ("bounced", "sent")


@pytest.mark.parametrize("message_id", ["b-2", "", None, "x" * 5000, "\x00<>", "é@"])
@pytest.mark.parametrize("metadata", [None, [], {"delivery": 7}, {"delivery": str(uuid4())}])
def test_a_report_about_an_unknown_email_is_logged(db, caplog, message_id, metadata):
    sent(provider_id="")
    report(message_id=message_id, metadata=metadata, recipient="\x00vera@example.com")
    assert Delivery.objects.filter(state="bounced").count() == 0
    assert "an email that is not ours" in caplog.text


def test_an_old_report_does_not_affect_a_retry(db):
    delivery = sent()
    report()
    before = timezone.now() - timedelta(minutes=5)
    assert retry_delivery(delivery)
    mark = {"delivery": str(delivery.pk)}
    report(metadata=mark, timestamp=before)
    assert state_of(delivery) == "waiting"
    deliver_due(delivery.pk)
    report(metadata=mark, timestamp=before)
    assert state_of(delivery) == "sent"
    report(metadata=mark)
    assert state_of(delivery) == "bounced"


def test_a_provider_gets_our_metadata_and_its_id_is_stored(db, settings, mailoutbox):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    for _ in range(2):  # its ids are 0 and 1, and 0 is falsy
        delivery = queue_email(to="vera@example.com", subject="Hi", text="Text")
        deliver_due(delivery.pk)
    assert state_of(delivery) == "sent"
    assert mailoutbox[1].metadata == {"delivery": str(delivery.pk)}
    assert delivery.provider_id == str(mailoutbox[1].anymail_status.message_id)


@pytest.mark.parametrize(
    ("words", "reject_reason", "reason"),
    [
        ("550 5.1.1 no such user", None, "no_mailbox"),
        ("552 5.2.2 over quota (see 5.1.1.2)", "bounced", "mailbox_full"),
        ("550 5.7.1 blocked by policy", None, "refused"),
        ("550 10.5.1.1 is our address", "bounced", "returned"),
        ("no words with numbers", "blocked", "blocked"),
        (None, "spam", "marked_as_spam"),
        (None, "invalid", "bad_address"),
        (None, None, "returned"),
    ],
)
def test_the_reason_comes_from_status_codes_then_from_the_provider(
    db, words, reject_reason, reason
):
    delivery = sent()
    report(mta_response=words, reject_reason=reject_reason)
    assert state_of(delivery) == "bounced"
    assert delivery.reason == reason


def test_a_providers_text_is_cleaned_and_cut(db):
    delivery = sent()
    report(mta_response="5.1.1 \x00\u202e<script>\r\n" + "x" * 5000)
    delivery.refresh_from_db()
    assert delivery.last_error.startswith("5.1.1 <script> xxx")
    assert len(delivery.last_error) == 2000


def test_a_failing_receiver_does_not_lose_the_state(db, caplog):
    def breaks(sender, **kwargs):
        Delivery.objects.create(key=kwargs["delivery"].key)  # this breaks the transaction too

    delivery_ended.connect(breaks)
    try:
        delivery = queue_email(to="vera@example.com", subject="Hi", text="Text")
        deliver_due(delivery.pk)
    finally:
        delivery_ended.disconnect(breaks)
    assert state_of(delivery) == "sent"
    assert "a receiver of the signal failed" in caplog.text
