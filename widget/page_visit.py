"""A visitor's browser on the page of forms (widget.views.page), which calls the visitor's API.

Threat: a browser sends the cookie by itself, also with a form of another website. So the forms have
a CSRF token, and no website may frame the page.
"""

import json
from functools import wraps
from uuid import uuid4

from csp.constants import NONCE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.core.files import File
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from inbox.actions.contact import remember_language
from inbox.actions.visitor import find_visitor
from inbox.captcha import describe_challenge, find_captcha
from inbox.forms.message import MAX_FILES, MAX_MESSAGE_LENGTH
from inbox.models import Attachment
from inbox.ratings import RATINGS
from messagehub.lib.origin import parse_origin
from messagehub.lib.text import parse_uuid
from messagehub.lib.tokens import hash_token, is_token, new_token
from widget.access import find_inbox
from widget.loader_style import frame_style
from widget.prechat import prechat_form
from widget.rendering import face_of, faces_html, plain_entries_html
from widget.state import state_of_visitor
from widget.state_texts import time_zone_text
from widget.views import files as files_api
from widget.views import messages as messages_api
from widget.views import read_marker as read_api
from widget.views.menu import describe_menu

YEAR = 365 * 24 * 3600
# In the page's address: the language, and that the visitor wants the page without scripts.
KEPT = ("lang", "plain")
# What the page's own script shows: the chat window.
POLICY = {"style-src": [SELF, NONCE], "frame-src": [SELF, parse_origin(settings.SITE_URL)]}


def chat_page(view):
    """Call view(request, visit, …), or show that there is no such chat."""

    @never_cache
    @csp_replace(POLICY)
    @wraps(view)
    def page(request, key, **arguments):
        try:
            visit = Visit(request, find_inbox(key))
        except Http404:
            response = render(request, "widget/no_chat.html", status=404)
        else:
            response = visit.remember(view(request, visit, **arguments))
        response["X-Robots-Tag"] = "noindex, nofollow"
        # Our own requests may know the page, so that it isn't taken for a website.
        response["Referrer-Policy"] = "same-origin"
        return response

    return page


class Visit:
    """A visitor's browser on the page of an inbox."""

    def __init__(self, request, inbox):
        self.request, self.inbox = request, inbox
        # As the loader's (widget/loader.js): one for this host, one for a domain that is shared.
        self.cookies = {f"messagehub_{inbox.key}": None}
        host = request.get_host().partition(":")[0]
        if inbox.cookie_domain and f".{host}".endswith(f".{inbox.cookie_domain}"):
            self.cookies = {f"messagehub_{inbox.key}_all": inbox.cookie_domain} | self.cookies
        tokens = [request.COOKIES.get(name, "") for name in self.cookies]
        self.token = next(filter(is_token, tokens), "")

    @property
    def address(self):
        return reverse("chat-page", args=[self.inbox.key])

    @property
    def query(self):
        query = QueryDict(mutable=True)
        query.update({name: text for name, text in self.request.GET.items() if name in KEPT})
        return f"?{query.urlencode()}" if query else ""

    def call(self, view, data=None, **arguments):
        """Return the response of the API's view. A revoked token is replaced by a new one."""
        self.token = self.token or new_token()
        response = view(self.as_api_request(data), key=self.inbox.key, **arguments)
        if response.status_code == 401:
            self.token = new_token()
            response = view(self.as_api_request(data), key=self.inbox.key, **arguments)
        return response

    def as_api_request(self, data):
        """Return a request with this JSON, or with this file as its body."""
        request = HttpRequest()
        request.method = "GET" if data is None else "POST"
        request.META = self.request.META | {
            "HTTP_AUTHORIZATION": f"Visitor {self.token}",
            "CONTENT_TYPE": "application/json",
        }
        if isinstance(data, File):
            data.seek(0)
            request.GET = QueryDict(mutable=True)
            request.GET["name"] = data.name
            request._stream, request._read_started = data, False
        else:
            request._body = b"" if data is None else json.dumps(data).encode()
        return request

    def remember(self, response):
        """Keep the token of a visitor who has sent something."""
        if self.request.method == "POST" and self.token:
            for name, domain in self.cookies.items():
                response.set_cookie(
                    name,
                    self.token,
                    domain=domain,
                    max_age=YEAR,
                    samesite="Lax",
                    secure=settings.SITE_URL.startswith("https:"),
                    httponly=False,  # the loader reads it, so that both are one visitor
                )
        return response

    def receive_files(self):
        """Return (the files of the next message, why others were refused)."""
        ids = [each for each in self.request.POST.getlist("attached") if parse_uuid(each)]
        ids, errors = ids[:MAX_FILES], []
        for file in self.request.FILES.getlist("files")[: MAX_FILES - len(ids)]:
            response = self.call(files_api.files, file)
            content = json.loads(response.content)
            if response.status_code == 201:
                ids.append(content["id"])
            else:
                errors.append(f"{file.name}: {content['error']}")
        pending = Attachment.objects.pending().filter(workspace=self.inbox.workspace_id)
        return list(pending.filter(pk__in=ids, token_hash=hash_token(self.token))), errors

    def show(
        self,
        *,
        draft="",
        files=(),
        errors=(),
        card_errors=(),
        answers=None,
        discarded="",
        notice="",
        status=200,
    ):
        """Render the page.

        card_errors: {name: error} of a card that was refused. answers: those to the form before
        the first message, to be checked. discarded: the markup of a message that looks to its
        blocked author like any other. notice: that something was done.
        """
        if refusal := self.refuse():
            return refusal
        visitor = find_visitor(self.inbox, token=self.token)
        state, conversation = state_of_visitor(self.inbox, visitor)
        if "email" in card_errors:
            state.asks_email, state.email_error = True, card_errors["email"]
        zone, now = self.inbox.workspace.zone, timezone.now()
        html, last_seq = "", 0
        if conversation is not None:
            remember_language(conversation.contact, get_language())
            html, last_seq = plain_entries_html(conversation, self.address, zone=zone, now=now)
        if last_seq and "HTTP_SEC_PURPOSE" not in self.request.META:  # not a page loaded ahead
            self.call(read_api.mark_read, {"seq": last_seq})
        context = {
            "inbox": self.inbox,
            "state": state,
            "faces": faces_html(map(face_of, state.agents)),
            "plain": True,
            "timeline": html + mark_safe(discarded),
            "ratings": RATINGS,
            "typed": self.request.POST,
            "rating_error": "rating" in card_errors and card_errors["rating"],
            "prechat": prechat_form(
                self.inbox, visitor, answers, initial=read_answers(self.request)
            ),
            "draft": draft,
            "files": files,
            "errors": errors,
            "notice": notice,
            "client_id": uuid4(),
            "address": self.address,
            "query": self.query,
            "max_length": MAX_MESSAGE_LENGTH,
            "max_file_bytes": settings.MAX_FILE_BYTES,
            "style": frame_style(self.inbox),
            "zone": time_zone_text(zone, now),
            "is_plain": "plain" in self.request.GET,
            "captcha": describe_challenge() if visitor is None and find_captcha() else None,
        }
        context |= describe_menu(visitor, conversation)
        return render(self.request, "widget/page.html", context, status=status)

    def refuse(self):
        """Return a page that says why this visitor can't use the chat, or None if they can."""
        response = self.call(messages_api.check_access)
        if response.status_code == 204:
            return None
        refusal = json.loads(response.content)["error"]
        context = {"inbox": self.inbox, "refusal": refusal, "style": frame_style(self.inbox)}
        return render(self.request, "widget/page.html", context, status=response.status_code)

    def show_with_draft(self, *, notice="", error="", card_errors=(), status=200):
        """Show what an action led to, and keep what the visitor is writing."""
        files, errors = self.receive_files()
        draft = self.request.POST.get("body", "")
        errors += [error] if error else []
        if not (draft or files or errors or card_errors or notice):
            return self.return_to_page()
        return self.show(
            draft=draft,
            files=files,
            errors=errors,
            card_errors=card_errors,
            notice=notice,
            status=status,
        )

    def return_to_page(self):
        return redirect(f"{self.address}{self.query}#latest")


def read_answers(request):
    """Return what was entered into the form before the first message (widget.prechat)."""
    posted = request.POST.items() if request.method == "POST" else ()
    return {name: text for name, text in posted if name.startswith("prechat-")}
