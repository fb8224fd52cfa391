"""Log lines: one for each event, and none holds a secret.

Threat: the address of an invitation, of a password reset or of an unsubscription is a key, and
servers and Django write addresses down when something is refused or fails. Every line of every
logger passes this formatter, with its traceback; a test asks all routes that carry a key.
"""

import logging
import re
from copy import copy

# The paths whose next part is a key. In a query string the slashes are encoded, perhaps twice.
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
# The shape of messagehub.lib.tokens.new_token(), wherever one stands.
TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)


class LineFormatter(logging.Formatter):
    """Write a record as one line, without secrets; only an error of ours keeps its traceback."""

    def format(self, record):
        record = copy(record)
        record.exc_text = None  # what another formatter made of the error
        message = record.getMessage()
        if record.exc_info and is_refusal(error := record.exc_info[1]):
            record.exc_info = None
            message += "" if str(error) in message else f" ({error})"
        # What a client sent must not begin a line that looks like one of ours.
        record.msg, record.args = " ".join(message.split()), ()
        return mask(super().format(record))


def mask(text: str) -> str:
    return TOKEN.sub("…", SECRET_PATH.sub(r"\1…", text))


def is_refusal(error) -> bool:
    """Whether the error is the client's, or a database that is away: not a mistake of ours."""
    # Imported here: the streams' process writes lines too and does without Django's database.
    from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
    from django.http import UnreadablePostError
    from django.http.multipartparser import MultiPartParserError

    from messagehub.lib.errors import is_away

    refusals = (BadRequest, PermissionDenied, SuspiciousOperation, MultiPartParserError)
    return isinstance(error, (*refusals, UnreadablePostError)) or is_away(error)


class UnsaidFilter(logging.Filter):
    """For Django's log of requests: the reason of a 503 is written where it was found."""

    def filter(self, record):
        return getattr(record, "status_code", None) != 503
