from importlib import import_module

from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "messagehub.lib"

    def ready(self):
        import_module("messagehub.lib.migration_history")
