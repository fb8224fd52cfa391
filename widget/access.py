"""The widget's gate: finds an inbox by its public key and a visitor by the token in the header.

Threat: everything that arrives here was sent by a stranger. The token is never in a URL, where it
would end up in logs and Referer headers. There are no cookies, so no other site can act for a
visitor, and CSRF protection is off because it has nothing to protect.
"""

import json
from functools import wraps

from django.core.exceptions import BadRequest
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from inbox.actions.rate_limits import TooManyMessages
from inbox.actions.visitor import IdentityRequired, VisitorRevoked, find_visitor
from inbox.models import Inbox
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.tokens import is_token

MAX_LEVELS = 6  # of a request's JSON

INBOX_BY_KEY = PreparedQuery(
    lambda key: Inbox.objects.select_related("workspace").filter(
        key=key, workspace__deleted_at=None
    ),
    key=str,
)


def find_inbox(key):
    inbox = INBOX_BY_KEY.first(key=key)
    if inbox is None:
        raise Http404
    return inbox


def visitor_api(view):
    """Call view(request, inbox, token, …), or respond 401 if the token is missing or revoked.

    Where the inbox requires a verified identity, other visitors get 403, unless the view is marked
    with accepts_unverified(). Visitors who write too much get 429, and BadRequest becomes 400.
    """

    @csrf_exempt
    @wraps(view)
    def gate(request, key, **arguments):
        token = read_token(request)
        if token is None:
            return error_response(_("Your session expired. Reopen the chat."), 401)
        try:
            inbox = find_inbox(key)
            if inbox.requires_identity and not getattr(view, "is_open_to_unverified", False):
                find_visitor(inbox, token=token)
            return view(request, inbox, token, **arguments)
        except VisitorRevoked:
            return error_response(_("Your session expired. Reopen the chat."), 401)
        except IdentityRequired:
            text = _("Sign in on this website to use the chat.")
            return error_response(text, 403, reason="identity_required")
        except TooManyMessages:
            text = _("You're sending messages too fast. Wait a moment.")
            return error_response(text, 429, retry_after=10)
        except BadRequest as error:
            return error_response(str(error), 400)

    return gate


def accepts_unverified(view):
    """Mark a view of visitor_api() that visitors need to become verified."""
    view.is_open_to_unverified = True
    return view


def read_token(request) -> str | None:
    """Return the visitor's token, or None if the request has no well-formed one."""
    scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token if scheme == "Visitor" and is_token(token) else None


def json_body(request) -> dict:
    """Return the JSON object in the request's body. Raises BadRequest if there is none."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(_("Your message couldn't be read. Try again.")) from error
    if not isinstance(body, dict) or not is_shallow(body):
        raise BadRequest(_("Your message couldn't be read. Try again."))
    return body


def is_shallow(value, levels=MAX_LEVELS):
    """Return whether lists and objects are nested no deeper than this.

    Python can read JSON that is nested so deeply that it can't write it again.
    """
    if not isinstance(value, (dict, list)):
        return True
    each_value = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(is_shallow(each, levels - 1) for each in each_value)


def error_response(message, status, **data):
    return JsonResponse({"error": message} | data, status=status)
