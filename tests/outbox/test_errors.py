"""Which sending errors are final, which are retried, and the reason for each."""

import ssl
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from outbox.errors import REJECT_REASONS, error_text, is_final, is_unanswered, reason_for
from outbox.reasons import ENHANCED_CODES, REASONS, advice, describe
from outbox.smtp import Unanswered


def refused(*codes):
    return SMTPRecipientsRefused({f"{n}@x.example": (code, b"") for n, code in enumerate(codes)})


def answered(status):
    return AnymailAPIError(f"answered {status}", status_code=status)


def answered_over_http(status):
    """Build the error as in production, where it is an OSError because requests' errors are."""
    return AnymailRequestsAPIError(f"answered {status}", status_code=status)


def lost(error):
    """Build the error that Anymail raises when a request to a provider fails."""
    kind = type("AnymailRequestsAPIError", (AnymailRequestsAPIError, type(error)), {})
    wrapped = kind("Error posting")
    wrapped.__cause__ = error
    return wrapped


NOT_REACHED = [
    requests.ConnectTimeout("no answer"),
    requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused"))),
]
HALF_DONE = [
    requests.ReadTimeout("no answer"),
    requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104))),
]
AGAIN = [
    Unanswered("no answer to the end of the email"),
    *map(lost, NOT_REACHED + HALF_DONE),
    ssl.SSLCertVerificationError(1, "certificate has expired"),
    ConnectionRefusedError(111, "refused"),
    TimeoutError("timed out"),
    SMTPServerDisconnected("gone"),
    SMTPAuthenticationError(535, b"wrong password"),
    SMTPSenderRefused(550, b"not yours", "us@x.example"),
    SMTPDataError(451, b"later"),
    refused(450),
    refused(550, 450),
    *map(answered, (None, 401, 403, 429, 500, 503)),
    *map(answered_over_http, (None, 401, 429, 503)),
]
FINAL = [
    SMTPDataError(554, b"spam"),
    refused(550),
    AnymailRecipientsRefused(),
    *map(answered, (400, 413, 422)),
    *map(answered_over_http, (400, 422)),
    KeyError("conversation"),
    ValueError("no such template"),
]


@pytest.mark.parametrize("error", AGAIN, ids=repr)
def test_the_error_is_not_final(error):
    assert not is_final(error)


@pytest.mark.parametrize("error", FINAL, ids=repr)
def test_the_error_is_final(error):
    assert is_final(error)


@pytest.mark.parametrize("error", [Unanswered("no answer"), *map(lost, HALF_DONE)], ids=repr)
def test_the_email_may_have_arrived(error):
    assert is_unanswered(error)
    assert reason_for(error) == "unanswered"


@pytest.mark.parametrize(
    "error", [*map(lost, NOT_REACHED), SMTPServerDisconnected("gone"), answered(503)], ids=repr
)
def test_the_email_did_not_arrive(error):
    assert not is_unanswered(error)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ssl.SSLCertVerificationError(1, "certificate has expired"), "certificate"),
        (ConnectionRefusedError(111, "refused"), "unreachable"),
        (TimeoutError("timed out"), "unreachable"),
        (SMTPServerDisconnected("gone"), "unreachable"),
        (SMTPAuthenticationError(535, b"5.7.8 wrong password"), "login_refused"),
        (SMTPSenderRefused(550, b"not yours", "us@x.example"), "sender_refused"),
        (SMTPDataError(451, b"later"), "busy"),
        (SMTPDataError(554, b"no"), "not_taken"),
        (SMTPDataError(554, b"5.7.1 looks like spam"), "refused"),
        (refused(450), "busy"),
        (refused(550), "address_refused"),
        (SMTPRecipientsRefused({"v@x.example": (550, b"5.1.1 who?")}), "no_mailbox"),
        (AnymailRecipientsRefused(), "blocked"),
        (answered(None), "unreachable"),
        (answered(401), "login_refused"),
        (answered(503), "busy"),
        (answered(422), "not_taken"),
        (answered_over_http(403), "login_refused"),
        (KeyError("conversation"), "broken"),
    ],
    ids=repr,
)
def test_the_error_has_this_reason(error, reason):
    assert reason_for(error) == reason


def test_every_reason_has_a_description_and_advice():
    for code in {
        *REASONS,
        *ENHANCED_CODES.values(),
        *REJECT_REASONS.values(),
        "refused",
        "returned",
    }:
        assert describe(code) != describe("")
        assert advice(code).endswith(".")
        assert len(code) <= 20


def test_the_error_text_is_the_mail_servers_own():
    error = SMTPRecipientsRefused({"v@x.example": (550, b"5.1.1 no\x00 such\r\n person \xff")})
    assert error_text(error) == "550 5.1.1 no such person \ufffd"
    assert error_text(SMTPDataError(451, b"later")) == "451 later"
    assert error_text(ConnectionRefusedError(111, "refused")) == (
        "ConnectionRefusedError: [Errno 111] refused"
    )
