"""Remember the browsers that a person has signed in with.

They have their own limit of failed sign-ins, so that other people's wrong passwords don't lock the
owner out.

Threats: a made-up cookie (it has 256 random bits and is stored only as a hash); a stolen cookie (it
grants no access, only a few attempts an hour, and ends with the password); a cookie planted in
someone else's browser (signing in adds a new token and never trusts one that was there before).
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

RETENTION = timedelta(days=180)  # after the last sign-in
MAX_TOKENS = 5  # of the people who share a browser


class KnownBrowserMiddleware:
    """Set the cookie after a sign-in. Not all code that signs someone in has the response."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        tokens = getattr(request, "known_browser_tokens", None)
        if tokens:
            response.set_cookie(
                settings.KNOWN_BROWSER_COOKIE_NAME,
                ".".join(tokens),
                max_age=RETENTION,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def read_tokens(request) -> list[str]:
    value = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    return [token for token in value.split(".")[:MAX_TOKENS] if is_token(token)]


def known_browsers(request, user):
    """Filter the rows for the request's cookie, as long as the password is unchanged."""
    hashes = [hash_token(token) for token in read_tokens(request)]
    return KnownBrowser.objects.filter(
        user=user, token_hash__in=hashes, session_hash=user.get_session_auth_hash()
    )


def find_known_browser(request, user) -> KnownBrowser | None:
    return known_browsers(request, user).first()


@receiver(user_logged_in)
@receiver(password_changed)
@receiver(password_reset)
def remember_browser(sender, request, user, **kwargs):
    """Remember the browser after a sign-in, or after a password reset by an emailed link."""
    tokens = read_tokens(request)
    if not known_browsers(request, user).update(used_at=timezone.now()):
        token = new_token()
        KnownBrowser.objects.create(
            user=user, token_hash=hash_token(token), session_hash=user.get_session_auth_hash()
        )
        tokens = [token, *tokens][:MAX_TOKENS]
    request.known_browser_tokens = tokens


def delete_unused():
    return delete_oldest(KnownBrowser.objects.filter(used_at__lt=timezone.now() - RETENTION))
