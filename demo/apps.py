from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Only with DEMO=1, which production refuses because the demo's passwords are public."""

    name = "demo"
