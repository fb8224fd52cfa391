"""Reads an uploaded file from a request, and sends a stored one: for members and visitors alike.

Threats: a file that a browser would run as a page of ours. Only pictures that we have redrawn are
shown; everything else is a download of no particular type. A request's body is the file itself, so
it is never held in memory as a whole.
"""

from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers

from inbox.actions.attachment import FileRefused, receive_file
from inbox.upload_limits import TooManyUploads
from messagehub.lib.stored_files import CHUNK_BYTES, stored_file_response

MEMORY_BYTES = 1024 * 1024


def upload_response(request, workspace, **owner):
    """Store the request's body as a pending file, named by ?name=, and describe it as JSON."""
    with SpooledTemporaryFile(MEMORY_BYTES) as file:
        size = copy_body(request, file)
        name = request.GET.get("name", "")
        try:
            attachment = receive_file(workspace, file=file, name=name, size=size, **owner)
        except FileRefused as error:
            return JsonResponse({"error": str(error)}, status=400)
        except TooManyUploads as error:
            return JsonResponse({"error": str(error)}, status=429)
    return JsonResponse(attachment.description, status=201)


def copy_body(request, file) -> int:
    """Copy the body and return its size. Copying stops once it is too large."""
    size = 0
    while chunk := request.read(CHUNK_BYTES):
        size += file.write(chunk)
        if size > settings.MAX_FILE_BYTES:
            break
    file.seek(0)
    return size


def file_response(attachment, *, is_download):
    """Send the file: a picture to be shown, or as a download."""
    return stored_file_response(
        attachment.storage_key,
        as_attachment=is_download or not attachment.is_image,
        filename=attachment.name,
        content_type=attachment.content_type,
    )


def preview_response(attachment):
    """Send a picture's preview. Its address never means another picture."""
    if not attachment.is_image:
        return HttpResponse(status=410)
    response = stored_file_response(attachment.preview_key, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    patch_vary_headers(response, ["Authorization", "Cookie"])
    return response
