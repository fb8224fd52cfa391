from importlib import import_module

from django.apps import AppConfig


class WidgetConfig(AppConfig):
    name = "widget"

    def ready(self):
        import_module("widget.receivers")
