"""Limit how often visitors are identified.

Threat: guessing secrets, and making the server work. Valid tokens don't count, so that a whole
office behind one address can sign in within a minute.
"""

from datetime import timedelta

from accounts.limits import Limit, current_network, first_exceeded

PERIOD = timedelta(minutes=10)
CLAIMS_BY_VISITOR = Limit("claims by visitor", 60, PERIOD)
INVALID_BY_ADDRESS = Limit("invalid identity tokens by address", 300, PERIOD)


class TooManyIdentifications(Exception):
    pass


def count_claims(inbox, token_hash):
    """Raises TooManyIdentifications."""
    if first_exceeded(CLAIMS_BY_VISITOR.of(inbox.pk, token_hash)):
        raise TooManyIdentifications


def count_invalid_token(inbox):
    """Raises TooManyIdentifications."""
    if first_exceeded(INVALID_BY_ADDRESS.of(inbox.pk, current_network())):
        raise TooManyIdentifications
