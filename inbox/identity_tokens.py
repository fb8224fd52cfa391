"""Reads the tokens with which a website proves who a visitor is: JSON Web Tokens (RFC 7519).

Threats: a token for a different inbox, one that never expires, one that names its own algorithm,
and one signed with a secret that was revoked. So the algorithm is fixed, `aud` must be the inbox's
key, `exp` must be near, and only the inbox's own secrets are tried.

It is imported with the first token, because PyJWT loads cryptography (messagehub.lib.encryption).
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import jwt
from django.utils import timezone

from inbox.actions.identification import InvalidIdentityToken
from inbox.models import IdentitySecret
from messagehub.lib.encryption import CannotDecrypt
from messagehub.lib.invisible import clean_line

ALGORITHM = "HS256"
TOKEN = re.compile(r"[\w.-]{1,8000}", re.ASCII)
KID = re.compile(r"[a-z0-9]{1,16}")
MAX_LIFE = timedelta(minutes=15)
CLOCK_SKEW = timedelta(seconds=60)  # between the website's server and ours
MAX_SUBJECT = 255
REGISTERED = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}  # claims about the token itself


@dataclass(frozen=True)
class VerifiedClaims:
    subject: str
    values: dict  # what else the token says about the person
    secret: IdentitySecret


def read_identity_token(inbox, token: str) -> VerifiedClaims:
    """Check the token and return what it proves. Raises InvalidIdentityToken."""
    if not isinstance(token, str) or not TOKEN.fullmatch(token):
        raise InvalidIdentityToken("The token isn't a JSON Web Token.")
    secrets = find_secrets(inbox, token)
    for secret in secrets:
        try:
            claims = check_token(inbox, token, secret)
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, OverflowError, RecursionError) as error:
            raise InvalidIdentityToken(f"The token is invalid: {error}.") from error
        return VerifiedClaims(read_subject(claims), own_claims(claims), secret)
    raise InvalidIdentityToken("The token isn't signed with a secret of this inbox.")


def find_secrets(inbox, token) -> list[IdentitySecret]:
    """Return the secret that the token names as its `kid`, or all of the inbox's secrets."""
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except jwt.InvalidTokenError as error:
        raise InvalidIdentityToken("The token isn't a JSON Web Token.") from error
    secrets = IdentitySecret.objects.filter(inbox=inbox)
    if kid is not None:
        secrets = secrets.filter(kid=kid if KID.fullmatch(kid) else "")
    found = list(secrets)
    if not found:
        raise InvalidIdentityToken("The inbox has no secret, or none with the token's kid.")
    return found


def check_token(inbox, token, secret) -> dict:
    """Return the token's claims. Raises jwt.InvalidTokenError."""
    try:
        key = secret.value
    except CannotDecrypt:
        raise jwt.InvalidTokenError("this secret can't be used any more") from None
    claims = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=inbox.key,
        leeway=CLOCK_SKEW,
        options={"require": ["exp", "aud", "sub"]},
    )
    latest = timezone.now() + MAX_LIFE + CLOCK_SKEW
    if int(claims["exp"]) > latest.timestamp():
        raise jwt.InvalidTokenError("exp is more than 15 minutes ahead")
    return claims


def read_subject(claims) -> str:
    subject = claims["sub"]
    if subject != clean_line(subject) or not 0 < len(subject) <= MAX_SUBJECT:
        raise InvalidIdentityToken(f"sub must be a text of 1 to {MAX_SUBJECT} visible characters.")
    return subject


def own_claims(claims) -> dict:
    return {name: value for name, value in claims.items() if name not in REGISTERED}
