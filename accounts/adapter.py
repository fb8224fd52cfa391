import logging
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.limits import give_back
from accounts.email_limits import is_allowed
from accounts.sign_in import TooManyTries, count_try
from messagehub.lib.client_info import UNKNOWN_ADDRESS, client_address
from outbox.actions import queue_email

logger = logging.getLogger(__name__)

# They warn the owner of what was done to the account.
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
    """Sign-up and password mails leave through the outbox like everything else that leaves."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Too many failed attempts to sign in. Try again later, use a browser you've signed in "
            "with before, or choose a new password with a link that we email you."
        )
    }

    def send_mail(self, template_prefix, email, context):
        if not is_allowed(self.request, email, is_notice=template_prefix in NOTICES):
            logger.warning("an account email was withheld: too many were asked for")
            return
        can_sign_up = self.is_open_for_signup(self.request)
        context = {"request": self.request, "can_sign_up": can_sign_up} | with_our_links(context)
        message = self.render_mail(template_prefix, email, context)
        queue_email(
            to=email,
            subject=message.subject,
            text=message.body,
            html=next((part.content for part in getattr(message, "alternatives", ())), ""),
        )

    def pre_authenticate(self, request, **credentials):
        try:
            self.tries = count_try(request, credentials.get("email", ""))
        except TooManyTries:
            raise self.validation_error("too_many_login_attempts") from None

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        if user:
            give_back(*self.tries)
        return user

    def get_client_ip(self, request):
        return client_address(request) or UNKNOWN_ADDRESS

    def is_safe_url(self, url):
        """Where `next` may lead. What is no address leads nowhere, instead of raising."""
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


def with_our_links(context):
    """Make every link of an email begin with SITE_URL.

    allauth builds them from the request, whose Host header anyone can choose: a port, a trailing
    dot or one of ALLOWED_HOSTS would lead the owner of the address elsewhere.
    """
    return {
        name: on_our_site(value) if name.endswith("_url") else value
        for name, value in context.items()
    }


def on_our_site(url):
    parts = urlsplit(url)
    return settings.SITE_URL + parts._replace(scheme="", netloc="").geturl()
