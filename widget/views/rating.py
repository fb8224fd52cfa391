from django.views.decorators.http import require_POST

from inbox.actions.rating import CannotRate, rate_conversation
from widget.access import error_response, json_body, visitor_api
from widget.forms import RatingForm, clean_data
from widget.views.messages import state_response


@visitor_api
@require_POST
def rating(request, inbox, token):
    """Store how the visitor rates their resolved conversation."""
    data = clean_data(RatingForm(json_body(request)))
    try:
        conversation = rate_conversation(inbox, token=token, **data)
    except CannotRate as error:
        return error_response(str(error), 409)
    return state_response(inbox, conversation)
