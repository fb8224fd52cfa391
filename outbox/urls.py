"""Webhooks for email providers' reports about sent emails.

Threat: a forged report would mark emails as undelivered. A route exists only for a provider whose
secret is configured, and its view checks that secret (anymail/webhooks). A report's text comes from
a stranger: it is matched with our rows, cut to length, and never trusted to name a workspace.
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
        path(f"{provider}/tracking/", VIEWS[provider].as_view(), name=f"{provider}-reports")
        for provider in providers
    ]


urlpatterns = webhooks(settings.EMAIL_WEBHOOKS)
