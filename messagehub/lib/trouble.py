"""What people are told when a part of the system is away."""

import logging

from django.db import InterfaceError, OperationalError
from django.http import JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

logger = logging.getLogger(__name__)


class DatabaseAwayMiddleware:
    """PostgreSQL is away: 503 and try again. Nothing was stored, so nothing is acknowledged."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            return database_away(request, error)

    def process_exception(self, request, exception):
        if isinstance(exception, (OperationalError, InterfaceError, PoolTimeout)):
            return database_away(request, exception)
        return None


def database_away(request, error):
    logger.error("database away: %s", error)
    if request.path.startswith("/widget/") or "text/html" not in request.headers.get("Accept", ""):
        words = _("We cannot store anything right now. Please try again in a moment.")
        response = JsonResponse({"error": words}, status=503)
    else:
        response = render(request, "503.html", status=503, using=None)
    response["Retry-After"] = "2"
    return response
