"""The chat as a page of forms: for a link in an email, a QR code, or where scripts are blocked.

It has no rules of its own. Each form is passed on to the view of the visitor's API that the chat
window would call, with the token from the cookie, and the page shows what that responds.
"""

import json
from uuid import uuid4

from django.conf import settings
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.visitor import find_visitor
from messagehub.lib.tokens import new_token
from widget.access import MAX_LEVELS, is_shallow
from widget.page_visit import chat_page, read_answers
from widget.views import files as files_api
from widget.views import messages as messages_api
from widget.views import rating as rating_api


@require_GET
@chat_page
def page(request, visit):
    return visit.show()


@require_POST
@chat_page
def check(request, visit):
    """Show new messages and keep what the visitor is writing."""
    visit.token = visit.token or new_token()
    return visit.show_with_draft()


@require_POST
@chat_page
def send_message(request, visit):
    visit.token = visit.token or new_token()
    files, errors = visit.receive_files()
    draft = request.POST.get("body", "")
    if errors:
        return visit.show(draft=draft, files=files, errors=errors, status=400)
    message = {
        "client_id": request.POST.get("client_id", ""),
        "body": draft,
        "page": settings.SITE_URL + visit.address,
        "files": [str(file.pk) for file in files],
        "prechat": read_answers(request),
        "website": request.POST.get("website", ""),
        "captcha": read_captcha(request),
        "starts_new": "starts_new" in request.POST,
    }
    response = visit.call(messages_api.messages, message)
    if response.status_code == 409:  # after "Back", another text in the form of one that was sent
        response = visit.call(messages_api.messages, message | {"client_id": str(uuid4())})
    if response.status_code >= 400:
        error = json.loads(response.content)["error"]
        answers = message["prechat"] if response.status_code == 422 else None
        return visit.show(
            draft=draft,
            files=files,
            errors=[error],
            answers=answers,
            status=response.status_code,
        )
    if find_visitor(visit.inbox, token=visit.token).is_blocked:
        return visit.show(discarded=json.loads(response.content)["html"])
    return visit.return_to_page()


def read_captcha(request):
    """Return the answer to the test of strangers (inbox.captcha) by the page's script."""
    try:
        answer = json.loads(request.POST.get("captcha", ""))
    except (ValueError, RecursionError):
        return None
    return answer if is_shallow(answer, MAX_LEVELS - 1) else None  # it's passed on as JSON


@require_POST
@chat_page
def leave_email(request, visit):
    return send_card(visit, messages_api.email, "email")


@require_POST
@chat_page
def rate(request, visit):
    return send_card(visit, rating_api.rating, "rating", "comment")


def send_card(visit, view, *fields):
    """Pass on the fields of a card (templates/widget/_state.html). The first one has the error."""
    typed = {name: visit.request.POST.get(name, "") for name in (*fields, "website")}
    response = visit.call(view, typed)
    errors = {}
    if response.status_code >= 400:
        errors = {fields[0]: json.loads(response.content)["error"]}
    return visit.show_with_draft(card_errors=errors, status=response.status_code)


@require_GET
@chat_page
def file(request, visit, file):
    return visit.call(files_api.file, file=file)


@require_GET
@chat_page
def preview(request, visit, file):
    return visit.call(files_api.preview, file=file)
