import logging
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.email_limits import is_allowed
from accounts.limits import uncount
from accounts.sign_in import TooManyAttempts, count_attempt
from messagehub.lib.client_info import UNKNOWN_ADDRESS, client_address
from outbox.actions import queue_email

logger = logging.getLogger(__name__)

# Emails that warn the owner about a change to the account.
NOTICES = {
    f"account/email/{name}"
    for name in (
        "email_changed",
        "email_deleted",
        "password_changed",
        "password_reset",
        "password_set",
    )
}


class AccountAdapter(DefaultAccountAdapter):
    """Sends account emails through the outbox, within our own limits."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many failed attempts to sign in. Try again later, use a browser you've signed in "
            "with before, or reset your password."
        )
    }

    def send_mail(self, template_prefix, email, context):
        if not is_allowed(self.request, email, is_notice=template_prefix in NOTICES):
            logger.warning("an account email was not sent: too many were requested")
            return
        can_sign_up = self.is_open_for_signup(self.request)
        context = {"request": self.request, "can_sign_up": can_sign_up} | with_site_urls(context)
        message = self.render_mail(template_prefix, email, context)
        queue_email(
            to=email,
            subject=message.subject,
            text=message.body,
            html=next((part.content for part in getattr(message, "alternatives", ())), ""),
        )

    def pre_authenticate(self, request, **credentials):
        try:
            self.uses = count_attempt(request, credentials.get("email", ""))
        except TooManyAttempts:
            raise self.validation_error("too_many_login_attempts") from None

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        if user:
            uncount(*self.uses)
        return user

    def get_client_ip(self, request):
        return client_address(request) or UNKNOWN_ADDRESS

    def is_safe_url(self, url):
        """Check a `next` URL, and refuse an invalid one instead of raising."""
        try:
            return super().is_safe_url(url)
        except ValueError:
            return False

    def clean_email(self, email):
        return super().clean_email(email).lower()

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit)

    def is_open_for_signup(self, request):
        return settings.SIGNUP == "open"


def with_site_urls(context):
    """Make every link in an email begin with SITE_URL.

    allauth builds links from the request, whose Host header anyone can choose. A port, a trailing
    dot or one of ALLOWED_HOSTS would lead the recipient elsewhere.
    """
    return {
        name: site_url(value) if name.endswith("_url") else value for name, value in context.items()
    }


def site_url(url):
    parts = urlsplit(url)
    return settings.SITE_URL + parts._replace(scheme="", netloc="").geturl()
