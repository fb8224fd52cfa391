from django.apps import AppConfig


class LocalMailConfig(AppConfig):
    """The mailbox of a local start: it shows sign-in links, so production never has it."""

    name = "localmail"
