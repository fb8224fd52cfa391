"""Sends files from the storage, and names the smaller copy that is kept beside a picture.

Threats: a file that a browser would run as a page of ours. The policy of every response is a
sandbox, and browsers are forbidden to guess a type other than the given one.
"""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

CHUNK_BYTES = 64 * 1024
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def preview_key(storage_key: str) -> str:
    return f"{storage_key}-preview"


def stored_file_response(key, **options):
    """Send the file with this key, or respond 410 if the storage doesn't have it any more."""
    try:
        file = default_storage.open(key)
    except FileNotFoundError:
        return HttpResponse(_("This file is no longer available."), status=410)
    response = FileResponse(file, **options)
    response.block_size = CHUNK_BYTES
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response
