import sys

from django.db import connection
from django.http import JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.http import require_GET

from messagehub.lib.database import query_timeout
from messagehub.lib.errors import UNAVAILABLE, database_unavailable

HEALTH_SECONDS = 2


@require_GET
def health(request):
    """This process answers and reaches the database (503 comes from the middleware).

    Monitors wait for five seconds: a database that says nothing has to be told by then.
    """
    with query_timeout(HEALTH_SECONDS), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def csrf_failure(request, reason=""):
    words = _("This page was open for too long or was opened from elsewhere. Reload it, try again.")
    return render(request, "403.html", {"problem": words}, status=403)


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def server_error(request):
    """What no view caught: a middleware's error, too, of which the client should hear the kind."""
    error = sys.exc_info()[1]
    if isinstance(error, UNAVAILABLE):
        return database_unavailable(request, error)
    if isinstance(error, UnreadablePostError):  # the client went away while it was sending
        return bad_request(request, error)
    return defaults.server_error(request)
