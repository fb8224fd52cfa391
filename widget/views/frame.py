"""What the embedding page loads: the loader, and the frame it opens."""

import json
import re
from functools import cache
from pathlib import Path

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from inbox.models import Inbox
from messagehub.lib.response_headers import embeddable
from messagehub.lib.origin import parse_origin
from messagehub.lib.tokens import hash_token
from widget.access import find_inbox

SOURCE = Path(__file__).resolve().parent.parent / "loader.js"


@cache
def loader_source() -> str:
    """Without what only readers of the source need: indentation, comments on lines of their own."""
    return re.sub(r"(?m)^[ \t]*(//.*\n)?", "", SOURCE.read_text())


def loader_text(inbox) -> str:
    config = {
        "site": settings.SITE_URL,
        "key": inbox.key,
        "labels": {
            "open": _("Open the chat"),
            "close": _("Close the chat"),
            "title": _("Chat"),
            "failed": _("The chat cannot be reached right now. Please try again in a moment."),
            "origin": _(
                "The chat doesn't work on this page because the page has no web address of its "
                "own, like a local file or a sandboxed frame."
            ),
            "again": _("Try again"),
            "hide": _("Close"),
        },
        "accent": inbox.accent or None,
        "ink": inbox.accent_ink or None,
        "side": inbox.side,
    }
    # "<" could end the script element of a page that inlines the loader.
    words = json.dumps(config, separators=(",", ":")).replace("<", "\\u003c")
    return loader_source().replace("/*CONFIG*/", f"const CONFIG={words};", 1)


@require_GET
@embeddable
@cache_control(public=True, max_age=300)
def loader(request, key):
    """The one line's script: static, with the inbox's settings in front."""
    text = loader_text(find_inbox(key))
    etag = f'"{hash_token(text)[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    return HttpResponse(text, content_type="text/javascript", headers={"ETag": etag})


@require_GET
@embeddable
@xframe_options_exempt
def frame(request, key):
    """The chat window. Only the inbox's allowed sites may show it (frame-ancestors)."""
    inbox = find_inbox(key)
    if request.META["REQUEST_METHOD"] != "HEAD":  # a monitor shows the chat to no one
        note_first_embedding(inbox, request.headers.get("Referer", ""))
    # Even "*" refuses a page without an origin, which is where most people try the line first.
    ancestors = csp_replace({"frame-ancestors": inbox.allowed_sites or None})
    response = ancestors(show_frame)(request, inbox)
    response["Referrer-Policy"] = "no-referrer"
    return response


def show_frame(request, inbox):
    return render(request, "widget/frame.html", {"inbox": inbox, "workspace": inbox.workspace})


def note_first_embedding(inbox, page):
    """The installation page can say: it works, first opened then and there."""
    if inbox.first_embedded_at is None:
        unseen = Inbox.objects.filter(pk=inbox.pk, first_embedded_at=None)
        unseen.update(first_embedded_at=timezone.now(), first_site=site_of(page))


def site_of(page):
    try:
        return parse_origin(page)[:255]
    except ValueError:
        return ""
