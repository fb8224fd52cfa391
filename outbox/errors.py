"""Classify sending errors and providers' reports: is the failure final, and what is the reason?

Reasons come from standardised codes (RFC 3463, RFC 5321, HTTP), never from a server's prose.

The errors of providers are imported when an email has failed: their libraries take 5 MiB in each
process, and most installations send by SMTP.
"""

import re
import ssl
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from anymail.signals import RejectReason

from messagehub.lib.invisible import clean_line
from outbox.reasons import ENHANCED_CODES
from outbox.smtp import Unanswered

# An enhanced status code such as 5.1.1, anywhere in a text (RFC 3463 and 5321).
ENHANCED_CODE = re.compile(r"(?<![\d.])[45]\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
MAX_LENGTH = 2000
REJECT_REASONS = {
    RejectReason.INVALID: "bad_address",
    RejectReason.TIMED_OUT: "timed_out",
    RejectReason.BLOCKED: "blocked",
    RejectReason.SPAM: "marked_as_spam",
    RejectReason.UNSUBSCRIBED: "unsubscribed",
}


def is_unanswered(error):
    """Check whether the server got the whole email without confirming it; it may have arrived."""
    import requests
    from urllib3.exceptions import ProtocolError

    if isinstance(error, (Unanswered, requests.ReadTimeout)):
        return True
    cause = error.__cause__ if isinstance(error, requests.ConnectionError) else None
    return cause is not None and any(isinstance(arg, ProtocolError) for arg in cause.args)


def is_final(error):
    """Check whether the email was refused permanently, so that a retry is pointless.

    That is a wrong address, or a message that no server will ever accept (RFC 5321: 5yz).
    """
    from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused

    if isinstance(error, AnymailAPIError):  # some of these are OSErrors too
        return error.status_code in {400, 404, 406, 413, 422}
    if isinstance(error, OSError) and not isinstance(error, SMTPException):
        return False  # the network or a certificate, even if the error is also a ValueError
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _message in error.recipients.values())
    if isinstance(error, SMTPSenderRefused):
        return False  # our own address or login is wrong, which the operator will fix
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, (AnymailRecipientsRefused, AnymailError, KeyError, ValueError))


def reason_for(error):
    """Return a code of outbox.reasons.REASONS."""
    from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused

    if is_unanswered(error):
        return "unanswered"
    if isinstance(error, AnymailAPIError):
        return reason_for_http_status(error.status_code)
    if isinstance(error, AnymailRecipientsRefused):
        return reason_for_refused_recipient(error)
    if isinstance(error, ssl.SSLError):
        return "certificate"
    if isinstance(error, OSError) and not isinstance(error, SMTPException):
        return "unreachable"
    if isinstance(error, SMTPException):
        return reason_for_smtp_error(error)
    return "not_taken" if isinstance(error, AnymailError) else "broken"


def reason_for_smtp_error(error):
    if isinstance(error, SMTPAuthenticationError):
        return "login_refused"
    if isinstance(error, SMTPSenderRefused):
        return "sender_refused"
    if isinstance(error, SMTPRecipientsRefused):
        reason = reason_in_text(error_text(error))
        codes = [code for code, _message in error.recipients.values()]
        return reason or ("busy" if min(codes, default=0) < 500 else "address_refused")
    if isinstance(error, (SMTPServerDisconnected, SMTPConnectError, SMTPHeloError)):
        return "unreachable"
    if isinstance(error, SMTPResponseException):
        reason = reason_in_text(error_text(error))
        return reason or ("busy" if error.smtp_code < 500 else "not_taken")
    return "not_taken"


def reason_for_http_status(status):
    """Interpret the HTTP status of an email provider's API."""
    if status in {401, 403}:
        return "login_refused"
    if status is None:
        return "unreachable"
    return "busy" if status == 429 or status >= 500 else "not_taken"


def reason_for_refused_recipient(error):
    """Interpret a provider's immediate refusal to send an email."""
    status = getattr(error.email_message, "anymail_status", None)
    return "bad_address" if status and status.status == {"invalid"} else "blocked"


def reason_for_report(event):
    """Interpret a provider's report of a bounce (an AnymailTrackingEvent)."""
    reason = reason_in_text(report_text(event))
    return reason or REJECT_REASONS.get(event.reject_reason, "returned")


def reason_in_text(text):
    """Return the reason of the first enhanced status code that says more than "refused"."""
    codes = [tuple(map(int, match)) for match in ENHANCED_CODE.findall(text)]
    reasons = [ENHANCED_CODES[code] for code in codes if code in ENHANCED_CODES]
    is_policy = any(subject == 7 for subject, _detail in codes)
    return next(iter(reasons), "refused" if is_policy else "")


def error_text(error):
    """Return the mail server's or provider's own message."""
    from anymail.exceptions import AnymailError

    if isinstance(error, SMTPRecipientsRefused):
        parts = [f"{code} {decode(message)}" for code, message in error.recipients.values()]
        return clean("; ".join(parts))
    if isinstance(error, SMTPResponseException):
        return clean(f"{error.smtp_code} {decode(error.smtp_error)}")
    if isinstance(error, AnymailError):
        return clean(str(error))
    return clean(f"{type(error).__name__}: {error}")


def report_text(event):
    return clean(event.mta_response or event.description or event.reject_reason or "")


def decode(message):
    return message.decode(errors="replace") if isinstance(message, bytes) else str(message)


def clean(text):
    """Turn a stranger's text into one short line that can be stored and disguises nothing."""
    return clean_line(str(text))[:MAX_LENGTH]
