"""URLs of an installation with webhooks, which don't exist without a secret."""

from django.urls import include, path

from messagehub import urls
from outbox.urls import webhooks

doors = webhooks(["postmark", "mailgun", "sendgrid"])
urlpatterns = [*urls.urlpatterns, path("anymail/", include(doors))]
handler400 = urls.handler400
