"""A page gives up on a silent database; code outside of requests waits."""

import pytest
from django.db import OperationalError, connection

from messagehub.lib import errors
from messagehub.lib.database import planned_for_its_values, query_timeout
from tests.conftest import COMMITS
from tests.house.routes import routes
from tests.processes import until


def sleep(seconds):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def sleeping():
    """Count the statements that the server is still running."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'"
            " AND datname = current_database()"
        )
        return cursor.fetchone()[0]


@COMMITS
def test_a_timeout_cancels_the_statement_and_closes_the_connection():
    with pytest.raises(OperationalError, match="no answer within"), query_timeout(0.1):
        sleep(60)
    assert not connection.is_usable()
    connection.close()
    until(lambda: sleeping() == 0, what="the statement to end")


@COMMITS
def test_outside_of_requests_there_is_no_timeout():
    with query_timeout(0.05):
        pass
    sleep(0.2)


@COMMITS
def test_a_connection_that_was_lost_before_a_filtered_list_raises_djangos_error():
    """Only then does Django close it, and does the page respond that it is unavailable."""
    connection.ensure_connection()
    connection.connection.close()
    with pytest.raises(OperationalError), planned_for_its_values():
        sleep(0)
    assert connection.errors_occurred
    connection.close()


@COMMITS
def test_statements_are_planned_for_pages_in_memory():
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SHOW random_page_cost")
        assert cursor.fetchone() == ("1.1",)


@COMMITS
def test_a_page_responds_with_503(client, monkeypatch):
    monkeypatch.setattr(errors, "PAGE_SECONDS", 0.1)
    monkeypatch.setattr(page("home"), "callback", lambda request: sleep(60))
    try:
        assert client.get("/").status_code == 503
    finally:
        connection.close()  # as at the end of a request, but not in tests


def page(name):
    return next(pattern for _path, pattern in routes() if pattern.name == name)
