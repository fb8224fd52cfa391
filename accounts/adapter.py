from allauth.account.adapter import DefaultAccountAdapter

from outbox.actions import queue_email


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and password mails leave through the outbox like everything else that leaves."""

    def send_mail(self, template_prefix, email, context):
        message = self.render_mail(template_prefix, email, {"request": self.request, **context})
        queue_email(
            to=email,
            subject=message.subject,
            text=message.body,
            html=next((part.content for part in getattr(message, "alternatives", ())), ""),
        )

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
        return True
