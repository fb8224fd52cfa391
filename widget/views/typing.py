from django.http import HttpResponse
from django.views.decorators.http import require_POST

from inbox.actions.visitor import find_visitor, latest_conversation
from inbox.together import is_due, publish_contact_typing
from messagehub.lib.tokens import hash_token
from widget.access import visitor_api


@visitor_api
@require_POST
def typing(request, inbox, token):
    """Show agents that the visitor is typing. Nothing is read while the last notice is recent."""
    if is_due(f"{inbox.pk}:{hash_token(token)}"):
        visitor = find_visitor(inbox, token=token)
        conversation = latest_conversation(visitor) if visitor and not visitor.is_blocked else None
        if conversation is not None:
            publish_contact_typing(conversation)
    return HttpResponse(status=204)
