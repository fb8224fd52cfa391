"""The widget's gate: an inbox by its public key, a visitor by the token in the header.

Threat: everything that comes in here was typed by a stranger. The token is never in a URL (it
would end in logs and Referer headers), there are no cookies, so no other site can act for a
visitor; CSRF protection has nothing to protect and is off.
"""

import json
from functools import wraps

from django.core.exceptions import BadRequest
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from inbox.actions.visitor import VisitorRevoked
from inbox.models import Inbox
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.tokens import is_token

BY_KEY = PreparedQuery(
    lambda key: Inbox.objects.select_related("workspace").filter(
        key=key, workspace__deleted_at=None
    ),
    key=str,
)


def find_inbox(key):
    inbox = BY_KEY.first(key=key)
    if inbox is None:
        raise Http404
    return inbox


def visitor_api(view):
    """Calls view(request, inbox, token); answers 401 in JSON for a missing or revoked token."""

    @csrf_exempt
    @wraps(view)
    def gate(request, key):
        scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Visitor" or not is_token(token):
            return refuse(_("This chat window has lost its key. Open it again."), 401)
        try:
            return view(request, find_inbox(key), token)
        except VisitorRevoked:
            return refuse(_("This chat window has lost its key. Open it again."), 401)
        except BadRequest as error:
            return refuse(str(error), 400)

    return gate


def json_body(request) -> dict:
    """The request's JSON object. Raises BadRequest for whatever is not one."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(_("This message could not be read.")) from error
    if not isinstance(body, dict):
        raise BadRequest(_("This message could not be read."))
    return body


def refuse(words, status, **more):
    return JsonResponse({"error": words} | more, status=status)
