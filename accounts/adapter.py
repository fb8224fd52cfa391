from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings

from outbox.actions import queue_email


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and password mails leave through the outbox like everything else that leaves."""

    def send_mail(self, template_prefix, email, context):
        context = {"request": self.request} | with_our_links(context)
        message = self.render_mail(template_prefix, email, context)
        queue_email(
            to=email,
            subject=message.subject,
            text=message.body,
            html=next((part.content for part in getattr(message, "alternatives", ())), ""),
        )

    def clean_email(self, email):
        return super().clean_email(email).lower()

    def save_user(self, request, user, form, commit=True):
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit)

    def is_open_for_signup(self, request):
        return True


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
