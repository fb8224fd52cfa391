"""No log line contains a key, on any route that carries one, for refusals and errors.

A route carries a key if one of its arguments is free text. Numbers, UUIDs and slugs are useless
without access to the rows they name.
"""

import http.client
import logging
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.urls.converters import PathConverter, StringConverter

from messagehub.lib.logs import mask
from messagehub.lib.tokens import new_token
from tests.house.raw import ask, log_lines
from tests.house.routes import routes
from tests.live.server import is_open
from tests.processes import free_port, process_environment, until

FREE_TEXT = (PathConverter, StringConverter)
TEXT = StringConverter()  # for groups of a regular expression, which have no converter
KEY = "c6h2zd-0123456789abcdef"  # the format of a password reset key, unlike a token's
ERRORS = [
    ValueError("a mistake of ours"),
    SuspiciousOperation("refused"),
    BadRequest("nonsense"),
    OperationalError("the database is unavailable"),
]


def free_text(pattern):
    """Return the names of a route's arguments that accept any text."""
    kinds = pattern.pattern.converters
    groups = pattern.pattern.regex.groupindex
    return {name for name in groups if type(kinds.get(name, TEXT)) in FREE_TEXT}


# The admin's addresses hold ids, which are no secrets.
KEYED = [
    pattern for path, pattern in routes() if free_text(pattern) and not path.startswith("admin/")
]
ROUTES = pytest.mark.parametrize("route", KEYED, ids=lambda route: route.name)


def path_with_key(route):
    return reverse(route.name, kwargs=dict.fromkeys(free_text(route), KEY) | short(route))


def short(route):
    """Replace an argument that can't be a key: the user's id before a password reset key."""
    return {"uidb36": "1"} if "uidb36" in free_text(route) else {}


def assert_kept_secret(lines, least=1):
    assert len(lines) >= least
    assert KEY not in "\n".join(lines)


def test_the_routes_are_known():
    assert {route.name for route in KEYED} >= {
        "invitation",
        "invitation-switch",
        "unsubscribe",
        "resubscribe",
        "account_confirm_email",
        "account_reset_password_from_key",
    }


@ROUTES
def test_a_csrf_failure_does_not_log_the_key(route, db):
    with log_lines() as lines:
        client = Client(enforce_csrf_checks=True)
        answer = client.post(path_with_key(route))
        if answer.status_code == 403:  # other routes accept posts from email programs
            said = lines()
            assert "Forbidden" in said[0]
            assert_kept_secret(said)
            client.cookies["messagehub_csrf"] = "a" * 32
            client.post(path_with_key(route))
            assert_kept_secret(lines())


@ROUTES
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_in_a_view_does_not_log_the_key(route, error, db, monkeypatch):
    def broken(request, **arguments):
        raise type(error)(f"{error}: {request.get_full_path()}")

    monkeypatch.setattr(route, "callback", broken)
    with log_lines() as lines:
        status, _headers = ask("GET", f"{path_with_key(route)}?next={path_with_key(route)}")
        said = lines()
    assert status == {ValueError: 500, OperationalError: 503}.get(type(error), 400)
    assert_kept_secret(said, least=status >= 500)
    # Our own errors keep their traceback; a refusal takes one line.
    assert ("Traceback" in "".join(said)) == (status == 500)
    assert status == 500 or len(said) <= 1


@ROUTES
@pytest.mark.parametrize(
    "line",
    [
        "Error handling request {path}",
        '127.0.0.1 - "GET {path}?a=b HTTP/1.1" 302',
        "GET /accounts/login/?next={quoted}&a=b",
        "GET /accounts/login/?next=%252Finvitations%252F{key}%252F",
        "Referer: https://chat.example.com{path}",
        "to https://chat.example.com{path}.",
        "{path}#top",
        "{upper}",
    ],
)
def test_a_key_is_masked_in_every_spelling_of_a_url(route, line):
    path = path_with_key(route)
    values = {"path": path, "quoted": quote(path, safe=""), "key": KEY}
    values["upper"] = path.replace(KEY, "").upper().replace("//", f"/{KEY}/")
    written = line.format(**values)
    assert KEY in written or route.name == "account_reset_password_from_key"
    assert KEY not in mask(written)


def test_a_token_is_masked_anywhere():
    token = new_token()
    assert token not in mask(f"Visitor {token} of {token}: '{token}'")


@pytest.mark.parametrize(
    "line",
    [
        "/w/acme/conversations/7/",
        "/widget/abcdefghijkmnpqr/frame/ 00000000-0000-4000-8000-000000000001",
        "invitations are closed; /invitations/",
        "/accounts/password/reset/",
        "0" * 64,
    ],
)
def test_other_lines_are_unchanged(line):
    assert mask(line) == line


def test_text_from_a_client_starts_no_line():
    with log_lines() as lines:
        logging.getLogger("messagehub").warning("asked for %s", "x\n2026-01-01 ERROR forged\r\n\ty")
        (line,) = lines()
    assert line.endswith("asked for x 2026-01-01 ERROR forged y")


def test_a_printed_email_keeps_its_link():
    handlers = logging.getLogger("celery.redirected").handlers
    (handler,) = [each for each in handlers if type(each) is logging.StreamHandler]
    email = f"Dear Vera,\n\nhttps://chat.example.com/invitations/{KEY}/\n"
    record = logging.makeLogRecord({"msg": email})
    assert handler.format(record).endswith(email)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "command",
    [
        ["uvicorn", "messagehub.asgi:application", "--access-log", "--port={port}"],
        ["uvicorn", "messagehub.asgi:pages", "--workers=2", "--access-log", "--port={port}"],
    ],
    ids=["one process", "several"],
)
def test_a_servers_access_log_contains_no_key(command, tmp_path):
    port, path = free_port(), f"/unsubscribe/{KEY}/"
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *(word.format(port=port) for word in command)],
            env=process_environment(PORT=str(port)),
            stdout=output,
            stderr=output,
        )
        try:
            until(lambda: process.poll() is not None or is_open(port))
            get(port, path)
            until(lambda: "/unsubscribe/…/" in log.read_text(), what="the log line")
        finally:
            process.terminate()
            process.wait()
    assert KEY not in log.read_text()


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Host": "localhost", "Referer": f"http://x{path}"})
    assert connection.getresponse().status == 404
    connection.close()
