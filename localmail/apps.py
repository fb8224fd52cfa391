from django.apps import AppConfig


class LocalMailConfig(AppConfig):
    """The mailbox of a local start. It shows sign-in links, so production never installs it."""

    name = "localmail"
