"""Create a database for each test process, copied from a migrated template.

The template is created once per state of the migrations and stays on the server; a copy takes a
tenth of a second. Each process drops the databases of processes that were killed.
"""

import hashlib
import os
import re
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from messagehub.lib import same_workspace

LOCK = 7_413_925  # a lock on the server: one process creates the template while the others wait
TEST_DATABASE = re.compile(r"test_(\d+)")


@contextmanager
def test_database():
    """Point Django's connection at a fresh database for the duration."""
    own = f"test_{os.getpid()}"
    with _locked_server() as server:
        _drop_abandoned(server)
        template = _ensure_template(server)
        server.execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')
    before = connection.settings_dict["NAME"]
    _connect_to(own)
    try:
        yield
    finally:
        _connect_to(before)
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')


def create_template():
    """Create the template unless there is one, before any test process needs it."""
    with _locked_server() as server:
        _ensure_template(server)


@contextmanager
def _locked_server():
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield server


def _server():
    """Connect to the server's own database, without transactions."""
    known = connection.settings_dict
    parts = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"]}
    parts |= {"password": known["PASSWORD"], "dbname": "postgres"}
    given = {name: value for name, value in parts.items() if value}
    return psycopg.connect(**given, autocommit=True)


def _drop_abandoned(server):
    for [name] in server.execute("SELECT datname FROM pg_database").fetchall():
        found = TEST_DATABASE.fullmatch(name)
        if found and not Path(f"/proc/{found[1]}").exists() and Path("/proc/self").exists():
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _ensure_template(server):
    """Return the template's name, creating it under a temporary name first if needed."""
    name = f"template_{_schema_digest()}"
    if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return name
    unfinished = f"{name}_new"
    server.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
    server.execute(f'CREATE DATABASE "{unfinished}"')
    before = connection.settings_dict["NAME"]
    _connect_to(unfinished)
    call_command("migrate", interactive=False, verbosity=0)
    _connect_to(before)
    server.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


def _schema_digest():
    """Identify what the template's tables come from: migrations, and the SQL of our constraints."""
    digest = hashlib.sha256(repr(settings.INSTALLED_APPS).encode())
    digest.update(Path(same_workspace.__file__).read_bytes())
    for app in apps.get_app_configs():
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label}/{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _connect_to(name):
    connection.close()
    connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
