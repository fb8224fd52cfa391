"""Serves what the embedding page loads: the loader, and the frame it opens."""

from csp.constants import NONCE, SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from inbox.models import Inbox
from messagehub.lib.response_headers import embeddable
from messagehub.lib.tokens import hash_token
from widget.access import find_inbox
from widget.embeddings import is_own_page, note_embedding, site_of
from widget.loader_style import frame_style
from widget.loader_text import loader_labels, loader_text
from widget.logo import find_logos


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
    policy = csp_replace(
        {
            # SELF: the inbox's own page (widget.views.page).
            "frame-ancestors": [SELF, *inbox.allowed_sites] if inbox.allowed_sites else None,
            "img-src": [SELF, "data:", "blob:"],
            "style-src": [SELF, NONCE],  # of the inbox's colours
        }
    )
    response = policy(show_frame)(request, inbox)
    response["Referrer-Policy"] = "no-referrer"
    return response


def show_frame(request, inbox):
    context = {
        "inbox": inbox,
        "workspace": inbox.workspace,
        "style": frame_style(inbox),
        "labels": loader_labels(inbox),
    }
    return render(request, "widget/frame.html", context)


def record_first_embedding(inbox, page):
    """Remember when and where the chat was first opened, for the installation page."""
    if inbox.first_embedded_at is None and not is_own_page(page):
        inboxes = Inbox.objects.filter(pk=inbox.pk, first_embedded_at=None)
        inboxes.update(first_embedded_at=timezone.now(), first_site=site_of(page))


@require_GET
def logo(request, key, digest):
    """Serve the workspace's logo, where the inbox shows it to its visitors."""
    inbox = find_inbox(key)
    found = find_logos(inbox).first() if inbox.avatar == inbox.Avatar.LOGO else None
    if found is None or found.digest != digest:
        raise Http404
    response = HttpResponse(bytes(found.png), content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
