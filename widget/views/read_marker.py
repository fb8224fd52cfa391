"""Records what the open chat window has shown, so that seen replies aren't emailed."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from inbox.actions.read_marker import mark_read_by_contact
from inbox.actions.visitor import find_visitor, latest_conversation
from widget.access import json_body, visitor_api

MAX_SEQ = 10**9


@visitor_api
@require_POST
def mark_read(request, inbox, token):
    seq = json_body(request).get("seq")
    if type(seq) is not int or not 0 < seq < MAX_SEQ:
        raise BadRequest(_("Your message couldn't be read. Try again."))
    visitor = find_visitor(inbox, token=token)
    conversation = latest_conversation(visitor) if visitor else None
    if conversation is None:
        raise Http404
    mark_read_by_contact(conversation, seq=seq)
    return HttpResponse(status=204)
