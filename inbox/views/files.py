"""Files of messages: upload, show and download."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.attachment import delete_pending_file
from inbox.file_transfer import file_response, preview_response, upload_response
from inbox.models import Attachment
from inbox.views.desk import find_conversation
from teams.access import Permission, workspace_page


def find_file(request, file):
    """Return a file that the member may see, or raise Http404."""
    return get_object_or_404(Attachment.objects.visible_to(request.membership), pk=file)


@require_POST
@workspace_page(Permission.ANSWER)
def uploads(request, number):
    """Store a file that the member will send in this conversation."""
    find_conversation(request, number)
    return upload_response(request, request.workspace, member=request.membership)


@require_GET
@workspace_page(Permission.ANSWER)
def file(request, file):
    return file_response(find_file(request, file), is_download="download" in request.GET)


@require_GET
@workspace_page(Permission.ANSWER)
def preview(request, file):
    return preview_response(find_file(request, file))


@require_POST
@workspace_page(Permission.ANSWER)
def removal(request, file):
    """Delete a file that the member uploaded and doesn't send."""
    if not delete_pending_file(find_file(request, file)):
        return JsonResponse({"error": _("This file was already sent.")}, status=409)
    return HttpResponse(status=204)
