"""What the menu of the chat window offers, on the page of forms (widget.views.page)."""

import json

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.visitor import conversations_of, find_visitor
from teams.time_format import format_time
from widget.loader_style import frame_style
from widget.page_visit import chat_page
from widget.rendering import plain_entries_html
from widget.state_texts import time_zone_text
from widget.views import history as history_api
from widget.views import menu as menu_api


@require_POST
@chat_page
def end(request, visit):
    response = visit.call(menu_api.ending, {})
    error = json.loads(response.content)["error"] if response.status_code >= 400 else ""
    return visit.show_with_draft(error=error, status=response.status_code)


@require_POST
@chat_page
def request_transcript(request, visit):
    response = visit.call(menu_api.transcript, {"email": request.POST.get("transcript_email", "")})
    content = json.loads(response.content)
    if response.status_code >= 400:
        return visit.show_with_draft(error=content["error"], status=response.status_code)
    return visit.show_with_draft(notice=content["text"])


@require_GET
@chat_page
def earlier(request, visit):
    """List the earlier conversations, a page of them at a time."""

    def find(visitor):
        listed = history_api.list_earlier(visitor, before=request.GET.get("before", ""))
        zone, now = visit.inbox.workspace.zone, timezone.now()
        for row in listed["rows"]:
            row.shown_at = format_time(row.message.created_at, zone, now, weekday=False)
        return listed

    return show_earlier(visit, find)


@require_GET
@chat_page
def earlier_conversation(request, visit, conversation):
    def find(visitor):
        shown = get_object_or_404(conversations_of(visitor), pk=conversation)
        zone, now = visit.inbox.workspace.zone, timezone.now()
        return {"timeline": plain_entries_html(shown, visit.address, zone=zone, now=now)[0]}

    return show_earlier(visit, find)


def show_earlier(visit, find):
    """Render what find(visitor) returns: the list, or one conversation."""
    if refusal := visit.refuse():
        return refusal
    visitor = find_visitor(visit.inbox, token=visit.token)
    if visitor is None:
        raise Http404
    context = {
        "inbox": visit.inbox,
        "style": frame_style(visit.inbox),
        "address": visit.address,
        "query": visit.query,
        "zone": time_zone_text(visit.inbox.workspace.zone, timezone.now()),
        "is_plain": True,  # with scripts, it would open the chat window
    }
    return render(visit.request, "widget/earlier.html", context | find(visitor))
