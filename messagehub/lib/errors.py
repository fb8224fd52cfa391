"""What people are told when a part of the system is away."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from messagehub.lib.database import query_timeout

logger = logging.getLogger(__name__)

# For one statement of a page. More than any takes that waits for a lock; a visitor's browser and
# the proxy have more query_timeout.
PAGE_SECONDS = 15
AWAY = (OperationalError, InterfaceError, PoolTimeout)


class DatabaseUnavailableMiddleware:
    """PostgreSQL is away: 503 and try again. Nothing was stored, so nothing is acknowledged.

    What fails in a middleware instead of a view ends in messagehub.views.server_error.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with query_timeout(PAGE_SECONDS):
            return self.get_response(request)

    def process_exception(self, request, exception):
        return database_unavailable(request, exception) if isinstance(exception, AWAY) else None


def database_unavailable(request, error):
    logger.error("database away: %s", error)
    if request.path.startswith("/widget/") or "text/html" not in request.headers.get("Accept", ""):
        words = _("We can't save changes right now. Please try again in a moment.")
        response = JsonResponse({"error": words}, status=503)
    else:
        response = render(request, "503.html", status=503, using=None)
    response["Retry-After"] = "2"
    return response


def is_away(error) -> bool:
    """Whether the database could not be reached or was closing: no error of a statement."""
    if not isinstance(error, UNAVAILABLE):
        return False
    state = getattr(error.__cause__ or error, "sqlstate", None)
    return state is None or state.startswith(("08", "53", "57P"))
