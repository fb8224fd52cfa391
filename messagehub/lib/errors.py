"""Respond with 503 while PostgreSQL is unavailable."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from messagehub.lib.database import query_timeout

logger = logging.getLogger(__name__)

# For one statement of a page: longer than any statement waits for a lock, and shorter than the
# visitor's browser and the proxy wait.
PAGE_SECONDS = 15
UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)


class DatabaseUnavailableMiddleware:
    """Turn a lost database into a 503. Nothing was stored, so nothing is acknowledged.

    Errors in a middleware, outside of a view, end in messagehub.views.server_error instead.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with query_timeout(PAGE_SECONDS):
            return self.get_response(request)

    def process_exception(self, request, exception):
        return (
            database_unavailable(request, exception) if isinstance(exception, UNAVAILABLE) else None
        )


def database_unavailable(request, error):
    logger.error("database unavailable: %s", error)
    if request.path.startswith("/widget/") or "text/html" not in request.headers.get("Accept", ""):
        message = _("We can't save anything right now. Try again in a moment.")
        response = JsonResponse({"error": message}, status=503)
    else:
        response = render(request, "503.html", status=503, using=None)
    response["Retry-After"] = "2"
    return response


def is_unavailable(error) -> bool:
    """Check that the database was unreachable or shutting down, not that a statement failed."""
    if not isinstance(error, UNAVAILABLE):
        return False
    state = getattr(error.__cause__ or error, "sqlstate", None)
    return state is None or state.startswith(("08", "53", "57P"))
