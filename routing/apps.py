from importlib import import_module

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"

    def ready(self):
        # Receivers of one signal are called in this order.
        import_module("routing.emails.reassigned")
        import_module("routing.emails.reply")
        import_module("routing.emails.transcript")
        import_module("routing.emails.unanswered")
        import_module("routing.removal_warnings")
        import_module("routing.emails.email_log")
        import_module("routing.receivers")
        import_module("routing.emails.reply_receivers")
        import_module("routing.emails.undelivered")
