"""Write one log line per event, without secrets.

Threat: the URL of an invitation, a password reset or an unsubscription is a key, and servers and
Django log URLs when a request is refused or fails. Every line of every logger passes this
formatter, including its traceback; a test requests all routes that carry a key.
"""

import logging
import re
from copy import copy

# Paths that are followed by a key. In a query string the slashes are encoded, perhaps twice.
SECRET_PATHS = (
    "invitations",
    "unsubscribe",
    "accounts/confirm-email",
    "accounts/password/reset/key",
)
SLASH = r"(?:/|%(?:25)*2f)"
SECRET_PATH = re.compile(
    rf"({SLASH}(?:{'|'.join(path.replace('/', SLASH) for path in SECRET_PATHS)}){SLASH})"
    r"""[^/?&#\s"'<>]+""",
    re.IGNORECASE,
)
# The format of messagehub.lib.tokens.new_token(), anywhere in a line.
TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)


class LineFormatter(logging.Formatter):
    """Format a record as one line without secrets; only our own errors keep their traceback."""

    def format(self, record):
        record = copy(record)
        record.exc_text = None  # cached by another formatter, which doesn't mask it
        message = record.getMessage()
        if record.exc_info and is_refusal(error := record.exc_info[1]):
            record.exc_info = None
            message += "" if str(error) in message else f" ({error})"
        # Text from a client must not start a line that looks like ours.
        record.msg, record.args = " ".join(message.split()), ()
        return mask(super().format(record))


def mask(text: str) -> str:
    return TOKEN.sub("…", SECRET_PATH.sub(r"\1…", text))


def is_refusal(error) -> bool:
    """Check that the client or a lost database caused the error, not a bug."""
    # Imported here because the streams' process logs too and must not load Django's database.
    from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
    from django.http import UnreadablePostError
    from django.http.multipartparser import MultiPartParserError

    from messagehub.lib.errors import is_unavailable

    refusals = (BadRequest, PermissionDenied, SuspiciousOperation, MultiPartParserError)
    return isinstance(error, (*refusals, UnreadablePostError)) or is_unavailable(error)


class Skip503Filter(logging.Filter):
    """Drop Django's line about a 503, because its reason was already logged where it happened."""

    def filter(self, record):
        return getattr(record, "status_code", None) != 503
