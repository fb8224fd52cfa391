from django.http import Http404, JsonResponse
from django.views.decorators.http import require_POST

from inbox.actions.rate_limits import TooManyMessages
from inbox.actions.rating import CannotRate, rate_conversation
from widget.access import error_response, json_body, visitor_api
from widget.forms import RatingForm
from widget.rendering import state_html
from widget.state import state_for
from widget.views.messages import first_error, too_many_messages


@visitor_api
@require_POST
def rating(request, inbox, token):
    """Store how the visitor rates their resolved conversation."""
    form = RatingForm(json_body(request))
    if not form.is_valid():
        return error_response(first_error(form), 400)
    try:
        conversation = rate_conversation(inbox, token=token, **form.cleaned_data)
    except CannotRate as error:
        return error_response(str(error), 409)
    except TooManyMessages:
        return too_many_messages()
    if conversation is None:
        raise Http404
    conversation.inbox = inbox
    return JsonResponse({"state_html": state_html(state_for(inbox, conversation))})
