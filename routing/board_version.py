"""Tells open routing boards and settings panels whether anything on them has changed.

Every live update makes them ask, but most messages change nothing there. A random version for each
workspace is in Redis and renewed after each commit that matters. It is a hint: what changes by
itself with time, and what Redis lost, is found by the pages' periodic request without a version.
"""

from functools import wraps

from django.http import HttpResponse

from inbox.models import Message
from messagehub.lib import redis
from messagehub.lib.live.publish import store_hint
from messagehub.lib.tokens import new_token

LIFETIME = 86_400  # seconds
HEADER, KNOWN_HEADER = "Board-Version", "Known-Board-Version"


def renew_version(workspace_id) -> None:
    store_hint(redis_key(workspace_id), new_token(), seconds=LIFETIME)


def current_version(workspace_id) -> str:
    """Return an empty string while it can't be known."""
    try:
        pipeline = redis.client().pipeline(transaction=False)
        pipeline.set(redis_key(workspace_id), new_token(), ex=LIFETIME, nx=True)
        pipeline.get(redis_key(workspace_id))
        return pipeline.execute()[1].decode()
    except redis.UNAVAILABLE:
        return ""


def redis_key(workspace_id) -> str:
    return f"board-version:{workspace_id}"


def unless_unchanged(view):
    """Answer 204 to a page that has the current version already."""

    @wraps(view)
    def respond(request, *args, **kwargs):
        # Read before the data: what changes meanwhile belongs to a later version.
        version = current_version(request.workspace.pk)
        if version and request.headers.get(KNOWN_HEADER) == version:
            return HttpResponse(status=204)
        response = view(request, *args, **kwargs)
        response.headers[HEADER] = version
        return response

    return respond


def shows_on_board(change) -> bool:
    """Return whether a committed change of a conversation shows.

    A note, or another message of a contact who is already waiting, doesn't.
    """
    conversation = change.conversation
    if change.is_new or change.previous_list_key != conversation.list_key or not change.entries:
        return True
    if any(entry.kind not in (Message.Kind.CONTACT, Message.Kind.NOTE) for entry in change.entries):
        return True
    first = change.entries[0].created_at
    moments = (conversation.waiting_since, conversation.response_timer_started_at)
    return any(moment is not None and moment >= first for moment in moments)
