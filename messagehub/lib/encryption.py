"""Encrypts the few secrets that must be read again, such as the keys of signatures.

Threat: someone who reads the database or a backup, but not SECRET_KEY, must not be able to use
them. Everything else that is secret is only stored as a hash (messagehub.lib.tokens).

cryptography is imported when it is first used: it takes 9 MB of each process's memory, and most
installations have no such secret.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class CannotDecrypt(Exception):
    """It was encrypted with a SECRET_KEY that is no longer known, or someone changed it."""


def encrypt(text: str, *, purpose: str) -> str:
    """purpose: what it is for. Only the same purpose decrypts it."""
    return find_keys(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: str) -> str:
    """Raises CannotDecrypt."""
    from cryptography.fernet import InvalidToken

    try:
        return find_keys(purpose).decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise CannotDecrypt from None


def find_keys(purpose: str) -> "MultiFernet":
    return derive_keys(purpose, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(32)
def derive_keys(purpose: str, secrets: tuple[str, ...]) -> "MultiFernet":
    """Encrypt with the first secret; decrypt with any of them."""
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(derive_key(purpose, secret)) for secret in secrets])


def derive_key(purpose: str, secret: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = f"messagehub {purpose}".encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode())
    return urlsafe_b64encode(key)
