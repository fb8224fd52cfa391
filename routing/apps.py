from importlib import import_module

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "routing"

    def ready(self):
        import_module("routing.emails")
        import_module("routing.leaving")
        import_module("routing.outgoing")
        import_module("routing.receivers")
        import_module("routing.reply_mail")
        import_module("routing.undelivered")
