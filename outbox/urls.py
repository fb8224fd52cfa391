"""Where a mail provider reports what became of an email.

Threat: a forged report would mark emails as undelivered. A route exists only for a provider whose
secret is configured, and its view asks for that secret (anymail/webhooks). What a report says
is words of a stranger: matched with our rows, cut to length, never trusted to name a tenant.
"""

from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailersend import MailerSendTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from django.conf import settings
from django.urls import path

VIEWS = {
    "brevo": BrevoTrackingWebhookView,
    "mailersend": MailerSendTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "resend": ResendTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
}


def webhooks(providers):
    return [
        path(f"{each}/tracking/", VIEWS[each].as_view(), name=f"{each}-reports")
        for each in providers
    ]


urlpatterns = webhooks(settings.EMAIL_WEBHOOKS)
