"""The visitor's earlier conversations, to read: only those of their own contact in this inbox."""

from django.db.models import OuterRef, Subquery
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from inbox.actions.visitor import conversations_of, find_visitor, latest_conversation
from inbox.models import Conversation, Message
from messagehub.lib.text import parse_number, parse_uuid, preview
from widget.access import visitor_api
from widget.rendering import entry_html

PAGE_SIZE = 20
MAX_ENTRIES = 50


@visitor_api
@require_GET
def conversations(request, inbox, token):
    """List them by their last line, newest first. before: the id of the last one that is shown."""
    visitor = find_visitor(inbox, token=token)
    context = list_earlier(visitor, before=request.GET.get("before", ""))
    return JsonResponse({"html": render_to_string("widget/_earlier.html", context)})


def list_earlier(visitor, *, before) -> dict:
    """Return a page of them ("rows"), and whether it "has_more"."""
    found = earlier_conversations(visitor) if visitor else Conversation.objects.none()
    if last := parse_uuid(before):
        found = found.filter(pk__lt=last)
    rows = list(found[: PAGE_SIZE + 1])
    return {"rows": with_last_lines(rows[:PAGE_SIZE]), "has_more": len(rows) > PAGE_SIZE}


def earlier_conversations(visitor):
    """Return them without the one that the chat shows. Ids are ordered by time."""
    latest = latest_conversation(visitor)
    found = conversations_of(visitor).exclude(pk=latest.pk if latest else None)
    visible = Message.objects.visible_to_contact().not_deleted().filter(conversation=OuterRef("pk"))
    last = visible.order_by("-seq").values("pk")[:1]
    return found.annotate(last_message=Subquery(last)).exclude(last_message=None).order_by("-pk")


def with_last_lines(rows):
    """Give each conversation its last message that the contact may see."""
    messages = Message.objects.with_related().in_bulk([row.last_message for row in rows])
    for row in rows:
        row.message = messages[row.last_message]
        row.line = preview(row.message.body_preview)
    return rows


@visitor_api
@require_GET
def conversation(request, inbox, token, conversation):
    """Show the messages of one. before: the seq of the first one that is shown."""
    visitor = find_visitor(inbox, token=token)
    before = parse_number(request.GET.get("before", "0"))
    if visitor is None or before is None:
        raise Http404
    shown = get_object_or_404(conversations_of(visitor), pk=conversation)
    messages = shown.messages.visible_to_contact().with_related()
    if before:
        messages = messages.filter(seq__lt=before)
    latest = list(messages.order_by("-seq")[: MAX_ENTRIES + 1])
    html = "".join(entry_html(message) for message in latest[:MAX_ENTRIES][::-1])
    return JsonResponse({"html": html, "has_more": len(latest) > MAX_ENTRIES})
