"""The first thing a process does: read the settings, and end with one line if they are nonsense."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def read_settings(**_kwargs) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        refuse(error)


def refuse(error: ImproperlyConfigured) -> None:
    """A traceback would hide what the person at the terminal has to change."""
    sys.exit(f"MessageHub cannot start: {error}")
