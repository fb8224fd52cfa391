"""Who may report that an email came back: the provider alone, and only where that is wanted."""

import base64
import hashlib
import hmac
import json

import pytest
from django.test import Client

from outbox.actions import queue_email
from outbox.sending import deliver_due
from tests.house.test_settings import PRODUCTION, run
from tests.outbox.test_bounces import UNKNOWN, sent, state_of

SECRET = "reports:of-the-provider-alone"


def post(path, data, *, secret=SECRET, **headers):
    if secret is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    return Client().post(path, json.dumps(data), content_type="application/json", headers=headers)


POSTMARK = {
    "RecordType": "Bounce",
    "Type": "HardBounce",
    "MessageID": "a-1",
    "Email": "vera@example.com",
    "Details": UNKNOWN,
    "Description": "The server was unable to deliver your message",
}


@pytest.mark.urls("tests.outbox.urls")
@pytest.mark.parametrize("secret", [None, "reports:guessed", "", SECRET + "x"])
def test_nobody_reports_without_the_secret(db, settings, secret):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    delivery = sent()
    assert post("/anymail/postmark/tracking/", POSTMARK, secret=secret).status_code == 400
    assert state_of(delivery) == "sent"


@pytest.mark.urls("tests.outbox.urls")
def test_the_provider_reports_with_it(db, settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    delivery = sent()
    address = "/anymail/postmark/tracking/"
    assert post(address, {**POSTMARK, "Type": "Transient"}).status_code == 200
    assert state_of(delivery) == "sent"
    for _ in range(2):
        assert post(address, POSTMARK).status_code == 200
    assert state_of(delivery) == "bounced"


@pytest.mark.urls("tests.outbox.urls")
def test_a_signed_report_is_checked_by_its_signature(db, settings):
    key = "the-signing-key-of-mailgun"
    settings.ANYMAIL = {"MAILGUN_API_KEY": "k", "MAILGUN_WEBHOOK_SIGNING_KEY": key}
    delivery = queue_email(to="vera@example.com", subject="Hi", text="Text")
    deliver_due(delivery.pk)
    data = {
        "signature": {"token": "t", "timestamp": "1", "signature": "0" * 64},
        "event-data": {
            "event": "failed",
            "severity": "permanent",
            "recipient": "vera@example.com",
            "message": {"headers": {"message-id": delivery.message_id.strip("<>")}},
            "delivery-status": {"message": UNKNOWN},
        },
    }
    address = "/anymail/mailgun/tracking/"
    assert post(address, data, secret=None).status_code == 400
    assert state_of(delivery) == "sent"
    signed = hmac.new(key.encode(), b"1t", hashlib.sha256).hexdigest()
    data["signature"]["signature"] = signed
    assert post(address, data, secret=None).status_code == 200
    assert state_of(delivery) == "bounced"


def routes_with(**settings):
    script = "from django.urls import get_resolver as r; from outbox.urls import urlpatterns as u"
    script += "; there = any(str(p.pattern) == 'anymail/' for p in r().url_patterns)"
    script += "; print(there, *(str(p.pattern) for p in u))"
    done = run("manage.py", "shell", "--verbosity=0", "-c", script, **PRODUCTION, **settings)
    assert done.returncode == 0, done.stderr
    there, *paths = done.stdout.split()
    return there == "True", paths


def test_without_a_secret_there_is_no_door():
    assert routes_with() == (False, [])
    assert routes_with(EMAIL_URL="postmark://key") == (False, [])


def test_with_one_there_is_the_providers_door_alone():
    secret = {"EMAIL_WEBHOOK_SECRET": "reports:" + "x" * 30}
    assert routes_with(EMAIL_URL="postmark://k", **secret) == (True, ["postmark/tracking/"])
    assert routes_with(EMAIL_URL="mailgun://k", **secret) == (True, ["mailgun/tracking/"])
    there, paths = routes_with(EMAIL_URL="smtp://mail.example.com", **secret)
    assert there
    assert paths == ["brevo/tracking/", "sendgrid/tracking/"]
