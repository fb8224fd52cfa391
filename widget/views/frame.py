"""Serves what the embedding page loads: the loader, and the frame it opens."""

from csp.constants import NONCE, SELF
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_GET

from inbox.models import Inbox
from messagehub.lib.response_headers import embeddable
from messagehub.lib.tokens import hash_token
from widget.access import find_inbox
from widget.embeddings import is_own_page, note_embedding, site_of
from widget.loader_style import frame_style
from widget.loader_text import chat_text, loader_labels, loader_text
from widget.logo import find_logos
from widget.rendering import greeting_face
from widget.visibility import shows_now


@require_GET
@embeddable
def loader(request, key):
    """Serve the script of the embedded line: static, after the inbox's settings."""
    inbox = find_inbox(key)
    note_embedding(inbox, request.headers.get("Referer", ""))
    response = serve_script(request, loader_text(inbox, is_shown=shows_now(inbox)))
    # What depends on the time of day is asked more often.
    is_always_shown = inbox.shown_when == inbox.ShownWhen.ALWAYS
    patch_cache_control(response, public=True, max_age=300 if is_always_shown else 60)
    return response


@require_GET
@embeddable
@cache_control(public=True, max_age=300)
def chat(request, key):
    """Serve what the launcher of some inboxes loads when the chat is opened, as a module."""
    response = serve_script(request, chat_text(find_inbox(key)))
    response["Access-Control-Allow-Origin"] = "*"
    return response


def serve_script(request, text):
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
        "greetings": list_greetings(inbox),
    }
    return render(request, "widget/frame.html", context)


def list_greetings(inbox):
    """Return the greetings of the inbox's pages with faces. The visitor may have seen one."""
    greetings = inbox.page_greetings.with_sender()
    for greeting in greetings:
        greeting.inbox = inbox
        greeting.face = greeting_face(greeting)
    return greetings


def record_first_embedding(inbox, page):
    """Remember when and where the chat was first opened, for the installation page."""
    if inbox.first_embedded_at is None and not is_own_page(page):
        inboxes = Inbox.objects.filter(pk=inbox.pk, first_embedded_at=None)
        inboxes.update(first_embedded_at=timezone.now(), first_site=site_of(page))


@require_GET
def logo(request, key, digest):
    """Serve the workspace's logo, where the inbox shows it to its visitors."""
    inbox = find_inbox(key)
    is_shown = inbox.avatar == inbox.Avatar.LOGO or inbox.page_greetings.exists()
    found = find_logos(inbox).first() if is_shown else None
    if found is None or found.digest != digest:
        raise Http404
    response = HttpResponse(bytes(found.png), content_type="image/png")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
