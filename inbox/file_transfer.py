"""Reads an uploaded file from a request, and sends a stored one: for members and visitors alike.

Threats: a file that a browser would run as a page of ours. Only pictures that we have redrawn are
shown; everything else is a download of no particular type, and the policy of either response is a
sandbox. A request's body is the file itself, so it is never held in memory as a whole.
"""

from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from inbox.actions.attachment import FileRefused, receive_file
from inbox.upload_limits import TooManyUploads

CHUNK_BYTES = 64 * 1024
MEMORY_BYTES = 1024 * 1024
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


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
    """Copy the body and return its size. What is too large is not copied to its end."""
    size = 0
    while chunk := request.read(CHUNK_BYTES):
        size += file.write(chunk)
        if size > settings.MAX_FILE_BYTES:
            break
    file.seek(0)
    return size


def file_response(attachment, *, is_download):
    """Send the file: a picture to be shown, or as a download."""
    return send(
        attachment.storage_key,
        as_attachment=is_download or not attachment.is_image,
        filename=attachment.name,
        content_type=attachment.content_type,
    )


def preview_response(attachment):
    """Send a picture's preview. Its address never means another picture."""
    if not attachment.is_image:
        return HttpResponse(status=410)
    response = send(attachment.preview_key, content_type="image/webp")
    response["Cache-Control"] = "private, max-age=3600"
    patch_vary_headers(response, ["Authorization", "Cookie"])
    return response


def send(key, **options):
    try:
        file = default_storage.open(key)
    except FileNotFoundError:
        return HttpResponse(_("This file is no longer available."), status=410)
    response = FileResponse(file, **options)
    response.block_size = CHUNK_BYTES
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response
