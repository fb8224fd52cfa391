"""Random secrets that are shown once and stored only as a hash.

Threat: someone who reads the database, a backup or a log must not be able to impersonate a visitor
or accept an invitation. 256 random bits need no salt and no slow hash.
"""

import hashlib
import re
import secrets

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
PUBLIC_KEY_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def new_token() -> str:
    """Create 256 random bits as 43 base64url characters."""
    return secrets.token_urlsafe(32)


def is_token(value: str) -> bool:
    return bool(TOKEN.fullmatch(value))


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def new_public_key() -> str:
    """Create the public 16-character key that names an inbox in the widget's snippet."""
    return "".join(secrets.choice(PUBLIC_KEY_ALPHABET) for _ in range(16))
