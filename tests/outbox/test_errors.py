"""Which failure of the mail server is final, and which is tried again."""

import ssl
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused

from outbox.sending import is_final


def refused(*codes):
    return SMTPRecipientsRefused({f"{n}@x.example": (code, b"") for n, code in enumerate(codes)})


def answered(status):
    return AnymailAPIError(f"answered {status}", status_code=status)


AGAIN = [
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
]
FINAL = [
    SMTPDataError(554, b"spam"),
    refused(550),
    AnymailRecipientsRefused(),
    *map(answered, (400, 413, 422)),
    KeyError("conversation"),
    ValueError("no such template"),
]


@pytest.mark.parametrize("error", AGAIN, ids=repr)
def test_it_is_tried_again(error):
    assert not is_final(error)


@pytest.mark.parametrize("error", FINAL, ids=repr)
def test_it_is_final(error):
    assert is_final(error)
