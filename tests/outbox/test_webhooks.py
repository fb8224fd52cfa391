"""Only the configured email provider can report bounces, and only with its secret."""

import base64
import hashlib
import hmac
import json

import pytest
from django.test import Client

from messagehub.lib import env
from outbox.actions import queue_email
from outbox.sending import deliver_due
from tests.house.routes import other_routes
from tests.house.started import PRODUCTION, run
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
def test_without_the_secret_reports_are_refused(db, settings, secret):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    delivery = sent()
    assert post("/anymail/postmark/tracking/", POSTMARK, secret=secret).status_code == 400
    assert state_of(delivery) == "sent"


@pytest.mark.urls("tests.outbox.urls")
def test_with_the_secret_reports_are_accepted(db, settings):
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


CONFIGURED = "reports:" + "x" * 30


@pytest.mark.parametrize(
    ("url", "secret", "providers"),
    [
        ("", "", []),
        ("postmark://key", "", []),
        ("postmark://key", CONFIGURED, ["postmark"]),
        ("mailgun://key", CONFIGURED, ["mailgun"]),
        ("smtp://mail.example.com", CONFIGURED, ["brevo", "sendgrid"]),
    ],
)
def test_webhooks_need_a_secret(monkeypatch, url, secret, providers):
    monkeypatch.setenv("EMAIL_URL", url)
    monkeypatch.setenv("EMAIL_WEBHOOK_SECRET", secret)
    found = env.email("EMAIL_URL", webhook_secret="EMAIL_WEBHOOK_SECRET")
    assert found["EMAIL_WEBHOOKS"] == providers


def test_without_a_provider_there_is_no_webhook(settings):
    assert settings.EMAIL_WEBHOOKS == []
    assert not [path for path, _pattern in other_routes() if path.startswith("anymail/")]


def test_only_the_providers_webhook_exists():
    script = "from tests.house.routes import other_routes as routes"
    script += "; print(*(path for path, _ in routes() if path.startswith('anymail')))"
    chosen = {"EMAIL_URL": "postmark://key", "EMAIL_WEBHOOK_SECRET": CONFIGURED}
    done = run("manage.py", "shell", "--verbosity=0", "-c", script, **PRODUCTION, **chosen)
    assert done.stdout.split() == ["anymail/postmark/tracking/"], done.stderr
