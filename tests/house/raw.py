"""Send raw requests to the whole WSGI application without a server in between."""

import logging
from contextlib import contextmanager
from io import BytesIO, StringIO
from urllib.parse import unquote

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from messagehub.lib.logs import LineFormatter
from messagehub.lib.wsgi_adapter import wsgi_environ
from messagehub.wsgi import application


def ask(method, address, headers=(), body=b""):
    """Return (status, {header: value}) of the response.

    address and headers are as in the request, with non-ASCII bytes as Latin-1.
    """
    path, _mark, query = address.partition("?")
    known = {name.lower() for name, _value in headers}
    headers = [*headers] if "host" in known else [("Host", "localhost"), *headers]
    scope = {
        "method": method,
        "path": unquote(path),
        "query_string": query.encode("latin-1"),
        "http_version": "1.1",
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    }
    content = BytesIO(body)
    content.seek(len(body))
    heads = []
    with connection_kept():
        answer = application(wsgi_environ(scope, content), lambda *head: heads.append(head))
        for _piece in answer:
            pass
        answer.close()
    (status, fields), *_more = heads
    return int(status[:3]), {name.lower(): value for name, value in fields}


@contextmanager
def connection_kept():
    """Keep the test's database connection open, which Django closes around requests."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@contextmanager
def log_lines():
    """Return a function that returns the formatted log lines since its last call."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter(settings.LOGGING["formatters"]["line"]["format"]))

    def lines():
        said = stream.getvalue().splitlines()
        stream.seek(0)
        stream.truncate()
        return said

    logging.getLogger().addHandler(handler)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(handler)
