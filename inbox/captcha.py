"""A pluggable challenge that strangers have to pass before their first message is stored.

It is off unless settings.CAPTCHA names a class with the interface of Captcha: "proof-of-work", or a
dotted path. The chat imports the class's script and calls its solve() with the challenge; what that
returns comes with the message. Visitors who are known or verified are never tested.
"""

from datetime import timedelta
from functools import cache
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.templatetags.static import static
from django.utils.module_loading import import_string

from accounts.limits import Limit
from messagehub.lib.tokens import new_token


class CaptchaRequired(PermissionDenied):
    """The visitor has to pass the test first."""


class Captcha:
    """What a provider has to offer."""

    # A script in static/ with an exported async function solve(challenge). It runs in the chat's
    # frame, whose policy allows only our own scripts and connections.
    script: str

    def make_challenge(self) -> dict:
        """Return what the script needs to know, as JSON."""
        raise NotImplementedError

    def accepts(self, answer: object) -> bool:
        """Check what the script returned: any JSON, from a stranger. The same answer only once."""
        raise NotImplementedError


class ProofOfWork(Captcha):
    """Makes a browser compute for about a second, so that many chats cost a spammer much.

    It needs no service of others, and a person doesn't notice it. The work is to find a number for
    which the hash of the seed and the number begins with BITS zero bits.
    """

    BITS = 15
    MAX_AGE = timedelta(minutes=10)
    SALT = "inbox.captcha"
    ONCE = Limit("solved captcha", 1, MAX_AGE)
    script = "widget/proof-of-work.js"

    def make_challenge(self):
        return {"seed": signing.dumps(new_token(), salt=self.SALT), "bits": self.BITS}

    def accepts(self, answer):
        if not isinstance(answer, dict):
            return False
        seed, number = answer.get("seed"), answer.get("number")
        if not isinstance(seed, str) or len(seed) > 200 or type(number) is not int:
            return False
        return self.is_ours(seed) and self.is_solved(seed, number) and self.ONCE.of(seed).count()

    def is_ours(self, seed):
        try:
            signing.loads(seed, salt=self.SALT, max_age=self.MAX_AGE)
        except (signing.BadSignature, ValueError):
            return False
        return True

    def is_solved(self, seed, number):
        digest = sha256(f"{seed}:{number}".encode("utf-8", "replace")).digest()
        return int.from_bytes(digest) >> (256 - self.BITS) == 0


PROVIDERS = {"proof-of-work": "inbox.captcha.ProofOfWork"}


def find_captcha() -> Captcha | None:
    """Return the provider in the settings, or None if visitors aren't tested."""
    return load_provider(settings.CAPTCHA) if settings.CAPTCHA else None


@cache
def load_provider(name: str) -> Captcha:
    return import_string(PROVIDERS.get(name, name))()


def check_captcha(answer) -> None:
    """Raise CaptchaRequired unless the answer passes, or no one is tested."""
    captcha = find_captcha()
    if captcha is not None and not captcha.accepts(answer):
        raise CaptchaRequired


def describe_challenge() -> dict:
    """Return a new challenge for the chat, with the address of the script that solves it."""
    captcha = find_captcha()
    return {"script": static(captcha.script), "challenge": captcha.make_challenge()}
