"""Tells a page that its download has started (static/elements/download-note.js)."""

import re

COOKIE = "download"
LIFETIME = 60  # seconds; the page looks for it several times a second
TOKEN = re.compile(r"[a-z0-9-]{8,40}")


def announce_download(request, response):
    """Set the cookie that the page waits for, if it named one. Scripts have to read it."""
    token = request.GET.get("download", "")
    if TOKEN.fullmatch(token):
        response.set_cookie(
            COOKIE, token, max_age=LIFETIME, samesite="Lax", secure=request.is_secure()
        )
    return response
