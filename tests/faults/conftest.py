from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.faults.line import Line


@pytest.fixture
def redis_line():
    parts = urlsplit(settings.REDIS_URL)
    line = Line(parts.path if parts.scheme == "unix" else (parts.hostname, parts.port or 6379))
    line.url = f"redis://:{parts.password or ''}@127.0.0.1:{line.port}{parts.path or '/0'}"
    if parts.scheme == "unix":
        line.url = f"redis://127.0.0.1:{line.port}/0"
    yield line
    line.cut()
