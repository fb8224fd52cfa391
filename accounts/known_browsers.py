"""Browsers that a person has signed in with before: they have a limit of failed sign-ins of their
own, so that no one else's wrong passwords keep the owner out.

Threats: a made-up cookie (256 random bits, stored only as a hash); a stolen one (it opens nothing,
and its few tries an hour end with the password); a cookie planted in another browser (signing in
adds a new token, and never makes one known that the browser brought along).
"""

from datetime import timedelta

from allauth.account.signals import password_changed, password_reset
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import KnownBrowser
from messagehub.lib.retention import delete_oldest
from messagehub.lib.tokens import hash_token, is_token, new_token

KEPT = timedelta(days=180)  # after the last sign-in
MOST = 5  # people who share a browser


class KnownBrowserMiddleware:
    """Write the cookie after a sign-in; its doors are many, and not all have the response."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        tokens = getattr(request, "known_browser_tokens", None)
        if tokens:
            response.set_cookie(
                settings.KNOWN_BROWSER_COOKIE_NAME,
                ".".join(tokens),
                max_age=KEPT,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def tokens_of(request) -> list[str]:
    value = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    return [token for token in value.split(".")[:MOST] if is_token(token)]


def known_browsers(request, user):
    """The rows that the request's cookie stands for, as long as the password is the same."""
    hashes = [hash_token(token) for token in tokens_of(request)]
    return KnownBrowser.objects.filter(
        user=user, token_hash__in=hashes, session_hash=user.get_session_auth_hash()
    )


def find_known_browser(request, user) -> KnownBrowser | None:
    return known_browsers(request, user).first()


@receiver(user_logged_in)
@receiver(password_changed)
@receiver(password_reset)
def remember_browser(sender, request, user, **kwargs):
    """Know this browser from now on: after a sign-in, and after a new password by a mailed link."""
    tokens = tokens_of(request)
    if not known_browsers(request, user).update(used_at=timezone.now()):
        token = new_token()
        KnownBrowser.objects.create(
            user=user, token_hash=hash_token(token), session_hash=user.get_session_auth_hash()
        )
        tokens = [token, *tokens][:MOST]
    request.known_browser_tokens = tokens


def delete_unused():
    return delete_oldest(KnownBrowser.objects.filter(used_at__lt=timezone.now() - KEPT))
