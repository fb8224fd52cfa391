"""The routes of an installation that lets reports in; they are not there without a secret."""

from django.urls import include, path

from messagehub import urls
from outbox.urls import webhooks

doors = webhooks(["postmark", "mailgun", "sendgrid"])
urlpatterns = [*urls.urlpatterns, path("anymail/", include(doors))]
handler400 = urls.handler400
