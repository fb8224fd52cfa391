import sys

from django.db import connection
from django.http import JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_GET

from messagehub.lib.database import query_timeout
from messagehub.lib.errors import UNAVAILABLE, database_unavailable

# Monitors wait for five seconds, and a silent database must be reported within that time.
HEALTH_SECONDS = 2


@require_GET
def health(request):
    """Confirm that this process responds and reaches the database; the middleware sends the 503."""
    with query_timeout(HEALTH_SECONDS), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def csrf_failure(request, reason=""):
    message = _(
        "This page is out of date or was opened from another site. Reload it and try again."
    )
    return render(request, "403.html", {"problem": message}, status=403)


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def server_error(request):
    """Handle errors outside of views too, such as a middleware's, with the right status."""
    error = sys.exc_info()[1]
    if isinstance(error, UNAVAILABLE):
        return database_unavailable(request, error)
    if isinstance(error, UnreadablePostError):  # the client disconnected while sending
        return bad_request(request, error)
    return defaults.server_error(request)
