"""A page gives up on a database that does not answer, and nothing outside of pages does."""

import pytest
from django.db import OperationalError, connection

from messagehub.lib import errors
from messagehub.lib.database import query_timeout
from tests.conftest import COMMITS
from tests.house.routes import routes
from tests.processes import until


def sleep(seconds):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def sleeping():
    """How many such statements the server still works on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'"
        )
        return cursor.fetchone()[0]


@COMMITS
def test_a_statement_without_an_answer_ends_and_takes_its_connection_with_it():
    with pytest.raises(OperationalError, match="no answer within"), query_timeout(0.1):
        sleep(60)
    assert not connection.is_usable()
    connection.close()
    until(lambda: sleeping() == 0, what="the end of the statement")


@COMMITS
def test_outside_of_requests_there_is_time():
    with query_timeout(0.05):
        pass
    sleep(0.2)


@COMMITS
def test_a_page_says_so(client, monkeypatch):
    monkeypatch.setattr(trouble, "PAGE_SECONDS", 0.1)
    monkeypatch.setattr(page("home"), "callback", lambda request: sleep(60))
    try:
        assert client.get("/").status_code == 503
    finally:
        connection.close()  # as a request does at its end, but in tests


def page(name):
    return next(pattern for _path, pattern in routes() if pattern.name == name)
