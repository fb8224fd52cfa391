import pytest
from django.db import connection

from tests.faults.line import Line, line_to_redis


@pytest.fixture
def redis_line():
    with line_to_redis() as line:
        yield line


@pytest.fixture
def database_line():
    known = connection.settings_dict
    host, port = known["HOST"] or "/var/run/postgresql", known["PORT"] or "5432"
    line = Line(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, int(port)))
    login = f"{known['USER']}:{known['PASSWORD']}"
    line.url = f"postgresql://{login}@127.0.0.1:{line.port}/{known['NAME']}"
    yield line
    line.cut()
