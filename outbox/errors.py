"""What an error of sending, or a provider's report, says: is it for good, and why.

Codes come from what is standardised (RFC 3463, RFC 5321, HTTP), never from a server's prose.
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

import requests
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from anymail.signals import RejectReason
from urllib3.exceptions import ProtocolError

from messagehub.lib.invisible import clean_line
from outbox.reasons import ENHANCED_CODES
from outbox.smtp import Unanswered

# 5.1.1 after 550, or 550 5.1.1 in the middle of other words; RFC 3463 and 5321.
STATUS = re.compile(r"(?<![\d.])[45]\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
LONGEST = 2000
REPORTED = {
    RejectReason.INVALID: "bad_address",
    RejectReason.TIMED_OUT: "timed_out",
    RejectReason.BLOCKED: "blocked",
    RejectReason.SPAM: "marked_as_spam",
    RejectReason.UNSUBSCRIBED: "unsubscribed",
}


def is_unanswered(error):
    """They got all of it, and nobody knows what they made of it: it may have arrived."""
    if isinstance(error, (Unanswered, requests.ReadTimeout)):
        return True
    cause = error.__cause__ if isinstance(error, requests.ConnectionError) else None
    return cause is not None and any(isinstance(each, ProtocolError) for each in cause.args)


def is_final(error):
    """Refused for good: a wrong address, or a message no server will ever take (RFC 5321: 5yz)."""
    if isinstance(error, AnymailAPIError):  # some of them are OSErrors too
        return error.status_code in {400, 404, 406, 413, 422}
    if isinstance(error, OSError) and not isinstance(error, SMTPException):
        return False  # the network, a certificate: also when it calls itself a ValueError
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    if isinstance(error, SMTPSenderRefused):
        return False  # our own address or login is wrong: somebody will mend it
    if isinstance(error, SMTPDataError):
        return error.smtp_code >= 500
    return isinstance(error, (AnymailRecipientsRefused, AnymailError, KeyError, ValueError))


def reason_for(error):
    """One of outbox.reasons.REASONS."""
    if is_unanswered(error):
        return "unanswered"
    if isinstance(error, AnymailAPIError):
        return reason_of_answer(error.status_code)
    if isinstance(error, AnymailRecipientsRefused):
        return reason_of_status(error)
    if isinstance(error, ssl.SSLError):
        return "certificate"
    if isinstance(error, OSError) and not isinstance(error, SMTPException):
        return "unreachable"
    if isinstance(error, SMTPException):
        return reason_of_smtp(error)
    return "not_taken" if isinstance(error, AnymailError) else "broken"


def reason_of_smtp(error):
    if isinstance(error, SMTPAuthenticationError):
        return "login_refused"
    if isinstance(error, SMTPSenderRefused):
        return "sender_refused"
    if isinstance(error, SMTPRecipientsRefused):
        found = from_status(error_text(error))
        codes = [code for code, _words in error.recipients.values()]
        return found or ("busy" if min(codes, default=0) < 500 else "address_refused")
    if isinstance(error, (SMTPServerDisconnected, SMTPConnectError, SMTPHeloError)):
        return "unreachable"
    if isinstance(error, SMTPResponseException):
        found = from_status(error_text(error))
        return found or ("busy" if error.smtp_code < 500 else "not_taken")
    return "not_taken"


def reason_of_answer(status):
    """An HTTP status of a provider's interface."""
    if status in {401, 403}:
        return "login_refused"
    if status is None:
        return "unreachable"
    return "busy" if status == 429 or status >= 500 else "not_taken"


def reason_of_status(error):
    """The provider said at once that it will not send this."""
    status = getattr(error.email_message, "anymail_status", None)
    return "bad_address" if status and status.status == {"invalid"} else "blocked"


def reason_of_report(event):
    """A provider's report of a bounce (an AnymailTrackingEvent)."""
    found = from_status(words_of_report(event))
    return found or REPORTED.get(event.reject_reason, "returned")


def from_status(words):
    """The code behind the first enhanced status code that tells more than "refused"."""
    statuses = [tuple(map(int, found)) for found in STATUS.findall(words)]
    known = [ENHANCED_CODES[each] for each in statuses if each in ENHANCED_CODES]
    policy = any(subject == 7 for subject, _detail in statuses)
    return next(iter(known), "refused" if policy else "")


def error_text(error):
    """The mail server's or provider's own words."""
    if isinstance(error, SMTPRecipientsRefused):
        parts = [f"{code} {as_text(words)}" for code, words in error.recipients.values()]
        return tidy("; ".join(parts))
    if isinstance(error, SMTPResponseException):
        return tidy(f"{error.smtp_code} {as_text(error.smtp_error)}")
    if isinstance(error, AnymailError):
        return tidy(str(error))
    return tidy(f"{type(error).__name__}: {error}")


def words_of_report(event):
    return tidy(event.mta_response or event.description or event.reject_reason or "")


def as_text(words):
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)


def tidy(words):
    """A stranger's words on one line, without what cannot be stored or disguises what is read."""
    return clean_line(str(words))[:LONGEST]
