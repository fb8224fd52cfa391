"""The tabs of an inbox's settings that are about the chat, in a workspace."""

from django.urls import path

from widget.views import settings

INBOX = "inboxes/<uuid:inbox>/"

urlpatterns = [
    path(f"{INBOX}visibility/", settings.visibility, name="inbox-visibility"),
    path(f"{INBOX}greetings/", settings.page_greetings, name="page-greetings"),
    path(f"{INBOX}greetings/new/", settings.page_greeting, name="new-page-greeting"),
    path(f"{INBOX}greetings/<uuid:greeting>/", settings.page_greeting, name="page-greeting"),
    path(
        f"{INBOX}greetings/<uuid:greeting>/deletion/",
        settings.page_greeting_deletion,
        name="page-greeting-deletion",
    ),
]
