"""Start a process: read the settings, exit with one line if they are wrong, tune the collector."""

import gc
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# With this exit code of a process, uvicorn (--workers) stops. After any other it would start the
# process again for ever.
STARTUP_FAILURE = 3


def read_settings(**_kwargs) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messagehub.settings")
    try:
        _ = settings.INSTALLED_APPS
    except ImproperlyConfigured as error:
        exit_with_error(error)


def pause_garbage_collector() -> None:
    """Collect nothing while modules are loaded: none of it is garbage, and looking takes 0.1 s."""
    gc.disable()


def freeze_garbage_collector() -> None:
    """Exempt everything loaded so far from garbage collection, just before the process serves.

    A full collection of Django's objects and 10,000 streams stops the process for 150 ms. The
    loaded objects stay anyway, and those of a request or a stream are freed without the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 25, 10)
    gc.enable()


def exit_with_error(error: ImproperlyConfigured) -> None:
    """Exit with the message alone, because a traceback would hide what has to be changed."""
    print(f"MessageHub can't start: {error}", file=sys.stderr)
    sys.exit(STARTUP_FAILURE)
