from importlib import import_module

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "inbox"

    def ready(self):
        import_module("inbox.inbox_access")
        import_module("inbox.open_counts")
        import_module("inbox.receivers")
        import_module("inbox.captcha").find_captcha()  # a wrong name stops the start
