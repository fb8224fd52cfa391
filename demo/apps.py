from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Only with DEMO=1, which production refuses: its passwords are known to everybody."""

    name = "demo"
