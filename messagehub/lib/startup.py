"""The first things a process does: read the settings, and end with one line if they are wrong."""

import gc
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def read_settings(**_kwargs) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        exit_with_error(error)


def freeze_garbage_collector() -> None:
    """The last thing before it serves: a full collection stops everybody, for 150 ms with Django's
    objects and 10,000 streams.

    What has been loaded stays anyway, and what a request or a stream leaves is freed without the
    collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 25, 10)


def exit_with_error(error: ImproperlyConfigured) -> None:
    """A traceback would hide what the person at the terminal has to change."""
    sys.exit(f"MessageHub cannot start: {error}")
