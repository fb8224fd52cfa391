"""Serves what the embedding page loads: the loader, and the frame it opens."""

import json
import re
from functools import cache
from pathlib import Path

from csp.constants import SELF
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
from messagehub.lib.joining import strip_source
from messagehub.lib.response_headers import embeddable
from messagehub.lib.tokens import hash_token
from widget.access import find_inbox
from widget.embeddings import note_embedding, site_of

SOURCE = Path(__file__).resolve().parent.parent / "loader.js"
# What is inside of quotes, and the regular expressions; spaces there mean something.
LITERALS = re.compile(r"""("(?:\\.|[^"\\\n])*"|`[^`]*`|(?<=\()/[^/\n]+/)""")
PUNCTUATION = re.compile(r"\s*([{}()\[\];,=<>+?:&|!*])\s*")


@cache
def loader_source() -> str:
    """Return the loader without comments and without the spaces that only readers need."""
    lines = strip_source(SOURCE.read_text(), SOURCE.name)
    parts = LITERALS.split("\n".join(line.text for line in lines))
    return "".join(part if i % 2 else squeeze(part) for i, part in enumerate(parts))


def squeeze(code: str) -> str:
    """Every statement of the loader ends with a semicolon or a brace, so lines can be joined."""
    return PUNCTUATION.sub(r"\1", re.sub(r"\s+", " ", code))


def loader_text(inbox) -> str:
    config = {
        "site": settings.SITE_URL,
        "key": inbox.key,
        "labels": {
            "open": _("Open the chat"),
            "close": _("Close the chat"),
            "title": _("Chat"),
            "unreachable": _("The chat is unavailable right now. Try again in a moment."),
            "noOrigin": _(
                "The chat doesn't work on this page because it isn't on a website. It's a local "
                "file or in a sandboxed frame."
            ),
            "retry": _("Try again"),
            "hide": _("Close"),
        },
        "side": inbox.side,
    }
    if inbox.accent:
        config |= {"accent": inbox.accent, "ink": inbox.accent_ink}
    # "<" could end the script element of a page that inlines the loader.
    config_json = json.dumps(config, separators=(",", ":")).replace("<", "\\u003c")
    # In a block of its own, so that nothing of it is left on the page.
    return f"{{const CONFIG={config_json};{loader_source()}}}"


@require_GET
@embeddable
@cache_control(public=True, max_age=300)
def loader(request, key):
    """Serve the script of the embedded line: static, after the inbox's settings."""
    inbox = find_inbox(key)
    note_embedding(inbox, request.headers.get("Referer", ""))
    text = loader_text(inbox)
    etag = f'"{hash_token(text)[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified()
    return HttpResponse(text, content_type="text/javascript", headers={"ETag": etag})


@require_GET
@embeddable
@xframe_options_exempt
def frame(request, key):
    """Serve the chat window. Only the inbox's allowed sites may embed it (frame-ancestors)."""
    inbox = find_inbox(key)
    if request.META["REQUEST_METHOD"] != "HEAD":  # an uptime check shows the chat to no one
        record_first_embedding(inbox, request.headers.get("Referer", ""))
    # No frame-ancestors at all, because even "*" refuses a page without an origin, such as a local
    # file, where most people try the line first.
    # Files are loaded with the visitor's token and shown from memory (blob:).
    ancestors = csp_replace(
        {"frame-ancestors": inbox.allowed_sites or None, "img-src": [SELF, "data:", "blob:"]}
    )
    response = ancestors(show_frame)(request, inbox)
    response["Referrer-Policy"] = "no-referrer"
    return response


def show_frame(request, inbox):
    return render(request, "widget/frame.html", {"inbox": inbox, "workspace": inbox.workspace})


def record_first_embedding(inbox, page):
    """Remember when and where the chat was first opened, for the installation page."""
    if inbox.first_embedded_at is None:
        inboxes = Inbox.objects.filter(pk=inbox.pk, first_embedded_at=None)
        inboxes.update(first_embedded_at=timezone.now(), first_site=site_of(page))
