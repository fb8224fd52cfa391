"""The visitor's files: what the chat needs to send them, upload, show and download."""

from django.conf import settings
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from inbox.actions.visitor import conversations_of, find_visitor
from inbox.file_transfer import file_response, preview_response, upload_response
from inbox.forms.message import MAX_FILES
from inbox.models import Attachment
from messagehub.lib.tokens import hash_token
from widget.access import error_response, visitor_api


@visitor_api
@require_http_methods(["GET", "POST"])
def files(request, inbox, token):
    """Store a file that the visitor will send, or describe how files are attached and shown."""
    find_visitor(inbox, token=token)  # a revoked one may do neither
    if request.method == "GET":
        context = {"max_file_bytes": settings.MAX_FILE_BYTES, "max_files": MAX_FILES}
        return JsonResponse({"html": render_to_string("widget/_files.html", context)})
    if not inbox.accepts_files:
        return error_response(_("You can't send files in this chat."), 400)
    return upload_response(request, inbox.workspace, token_hash=hash_token(token))


def find_file(inbox, token, file):
    """Return a file of the visitor's conversations, or raise Http404."""
    visitor = find_visitor(inbox, token=token)
    if visitor is None:
        raise Http404
    files = Attachment.objects.visible_to_contact(conversations_of(visitor))
    return get_object_or_404(files, pk=file)


@visitor_api
@require_GET
def file(request, inbox, token, file):
    return file_response(find_file(inbox, token, file), is_download=False)


@visitor_api
@require_GET
def preview(request, inbox, token, file):
    return preview_response(find_file(inbox, token, file))
