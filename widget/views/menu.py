"""What the chat's menu offers: ending the conversation, another one, and a transcript by email."""

from django.http import Http404, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.contact import leave_email
from inbox.actions.ending import end_conversation
from inbox.actions.visitor import find_visitor
from routing.actions.transcript import (
    CannotSend,
    check_offer,
    offers_transcript,
    request_transcript,
)
from widget.access import error_response, json_body, visitor_api
from widget.forms import VisitorEmailForm, clean_data
from widget.rendering import state_html
from widget.state import state_for, state_of_visitor
from widget.views.history import earlier_conversations
from widget.views.messages import state_response


@visitor_api
@require_GET
def menu(request, inbox, token):
    """Return the menu, and the state that a new conversation begins with."""
    visitor = find_visitor(inbox, token=token)
    conversation = state_of_visitor(inbox, visitor)[1]
    context = describe_menu(visitor, conversation)
    contact = visitor.contact if visitor else None
    state = state_for(inbox, None, contact=contact)
    html = render_to_string("widget/_menu.html", context)
    return JsonResponse({"html": html, "new_state_html": state_html(state)})


def describe_menu(visitor, conversation) -> dict:
    """Return what the menu depends on."""
    return {
        "conversation": conversation,
        "has_earlier": visitor is not None and earlier_conversations(visitor).exists(),
        "offers_transcript": conversation is not None and offers_transcript(conversation),
    }


@visitor_api
@require_POST
def ending(request, inbox, token):
    """End the conversation. Sending a message reopens it."""
    return state_response(inbox, end_conversation(inbox, token=token))


@visitor_api
@require_POST
def transcript(request, inbox, token):
    """Email the conversation to its contact's address, or to the one given with the request."""
    visitor = find_visitor(inbox, token=token)
    conversation = state_of_visitor(inbox, visitor)[1]
    if conversation is None:
        raise Http404
    try:
        check_offer(conversation)
        if not conversation.contact.email:
            email = clean_data(VisitorEmailForm(json_body(request)))["email"]
            conversation = leave_email(inbox, token=token, email=email)
        email = request_transcript(conversation, visitor)
    except CannotSend as error:
        return error_response(str(error), 409)
    text = _("We're emailing the conversation to %(email)s.") % {"email": email}
    return JsonResponse({"text": text})
