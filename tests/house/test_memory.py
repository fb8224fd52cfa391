"""Large libraries that few installations need are loaded when they are first used."""

import subprocess
import sys

from tests.processes import process_environment

LARGE = ("cryptography.hazmat", "jwt", "boto3", "requests")
LOADED = f"""
import sys
import django
django.setup()
import messagehub.asgi
import messagehub.celery
from django.urls import get_resolver
messagehub.celery.app.loader.import_default_modules()
assert get_resolver().url_patterns and "widget.views.identity" in sys.modules
print(*[name for name in {LARGE} if name in sys.modules])
"""


def test_processes_start_without_libraries_that_few_need(db):
    started = subprocess.run(
        [sys.executable, "-c", LOADED],
        env=process_environment(DJANGO_SETTINGS_MODULE="messagehub.settings"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout.split() == []
