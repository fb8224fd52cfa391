"""Stores the plain message on the event loop: one statement, no thread, no middleware for pages.

Nearly every message of a visitor is plain: the conversation is open, and its agent is online or the
conversation stays in the queue. Then nothing but storing and publishing has to happen, and this
responds as widget.views.messages would. Everything else takes the regular path: refused and
malformed requests, first messages, retries, and messages that reopen, wake, route or email. The
rules are shared: the form, the token, the refusals and the headers are the view's, and whether it
is plain is decided by inbox_store_contact_message().
"""

import json
import logging
import re
from dataclasses import replace
from typing import NamedTuple

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError
from django.http import Http404

from inbox.actions.contact_message import (
    STORE,
    NewMessage,
    Outcome,
    Stored,
    build_message,
    build_plain_conversation,
    store_parameters,
)
from inbox.change import Change
from inbox.models import Conversation
from inbox.signals import conversation_changed
from messagehub.lib.async_database import AsyncDatabase
from messagehub.lib.errors import PAGE_SECONDS, database_unavailable
from messagehub.lib.live.publish import collect_messages
from messagehub.lib.wsgi_adapter import refuse, wsgi_environ
from widget.access import json_body, read_token
from widget.forms import VisitorMessageForm
from widget.inbox_facts import FactsCache, state_key
from widget.privacy import page_to_record
from widget.rendering import entry_html, state_html
from widget.response_head import Head, ResponseHeads, header_pairs
from widget.state import state_for

logger = logging.getLogger(__name__)
PATH = re.compile(r"/widget/([-\w]+)/messages/", re.ASCII)
CONTENT_TYPES = {"application/json", "application/json; charset=utf-8"}
MOST_AT_ONCE = 256  # messages being stored; more would be answered too late anyway


class Response(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]  # without the length of the body
    body: bytes


class PlainMessages:
    """Responds to plain messages. An instance is a shortcut of messagehub.lib.wsgi_adapter."""

    def __init__(self, publish):
        """publish: Hub.publish, which sends live updates without a thread."""
        self.publish = publish
        self.database = AsyncDatabase(seconds=PAGE_SECONDS)
        self.facts = FactsCache()
        self.heads = ResponseHeads()
        self.count = 0

    async def __call__(self, scope, body, send) -> bool:
        """Respond and return True, or return False without having changed anything."""
        if scope["method"] != "POST" or not (key := path_key(scope)):
            return False
        if self.count >= MOST_AT_ONCE:
            await refuse(send, 503)
            return True
        self.count += 1
        try:
            response = await self.respond(WSGIRequest(wsgi_environ(scope, body)), key)
        except Exception:
            # Perhaps it was stored. Then the regular path finds it, as with any retry.
            logger.exception("storing a message of inbox %s", key)
            return False
        finally:
            self.count -= 1
        if response is None:
            return False
        await send_response(send, response)
        return True

    async def respond(self, request, key) -> Response | None:
        head, new = self.read(request)
        if new is None:
            return None
        try:
            facts = await self.facts.get(key)
            stored = await self.store(facts, new)
        except Http404:
            return None
        except OperationalError as error:
            refusal = database_unavailable(request, error)
            return Response(refusal.status_code, header_pairs(refusal), refusal.content)
        if stored.outcome != Outcome.STORED:
            return None
        data = await self.publish_and_render(facts, stored, new)
        return Response(201, head.headers, json.dumps(data).encode())

    def read(self, request) -> tuple[Head | None, NewMessage | None]:
        """Return the head of the response, and the message if all of it is in order."""
        token = read_token(request)
        if token is None or request.META.get("CONTENT_TYPE") not in CONTENT_TYPES:
            return None, None
        try:
            head = self.heads.activate(request)
            form = VisitorMessageForm(json_body(request))
        except (BadRequest, PermissionDenied, SuspiciousOperation):
            return None, None
        if head is None or not form.is_valid() or form.cleaned_data["files"]:
            return None, None
        data = form.cleaned_data
        page = page_to_record(request, data["page"])
        return head, NewMessage(token, data["client_id"], data["body"], page)

    async def store(self, facts, new: NewMessage) -> Stored:
        if not facts.inbox.records_pages:
            new = replace(new, page_url="")
        stored = await self.try_to_store(facts.inbox, new, facts.plain_case)
        if stored.outcome == Outcome.IN_QUEUE and await self.facts.run(facts.stays_queued, stored):
            case = replace(facts.plain_case, stays_queued=stored.conversation_id)
            stored = await self.try_to_store(facts.inbox, new, case)
        return stored

    async def try_to_store(self, inbox, new, case) -> Stored:
        return Stored(*await self.database.fetch_one(STORE, store_parameters(inbox, new, case)))

    async def publish_and_render(self, facts, stored: Stored, new: NewMessage) -> dict:
        conversation = build_plain_conversation(stored, new, facts.inbox)
        facts.add_photo(conversation.assignee)
        message = build_message(stored, new, conversation)
        change = Change(conversation)
        change.entries.append(message)
        with collect_messages() as messages:
            conversation_changed.send_robust(Conversation, change=change)
        self.publish(messages)
        return {
            "html": entry_html(message),
            "seq": message.seq,
            "last_seq": message.seq,
            "state_html": await self.render_state(facts, conversation),
            "live": True,
        }

    async def render_state(self, facts, conversation) -> str:
        def render():
            return state_html(state_for(facts.inbox, conversation, availability=facts.availability))

        if facts.is_available(conversation.assignee):
            return render()
        key = state_key(conversation)
        html = facts.queue_states.get(key)
        if html is None:
            html = await self.facts.run(render)  # asks the database and Redis who answers
            if key is not None:
                facts.queue_states[key] = html
        return html


def path_key(scope) -> str:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    found = PATH.fullmatch(path)
    return found[1] if found else ""


async def send_response(send, response: Response) -> None:
    length = str(len(response.body)).encode()
    headers = [*response.headers, (b"content-length", length)]
    start = {"type": "http.response.start", "status": response.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": response.body})
