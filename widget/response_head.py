"""Responds to visitors' messages with the headers that Django's middleware adds, made once."""

from functools import lru_cache, reduce
from io import BytesIO
from typing import NamedTuple

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import JsonResponse
from django.utils import timezone, translation
from django.utils.module_loading import import_string

MOST_HEADS = 500
MOST_CHARACTERS = 2000  # of the variables; no browser sends as many
# The middleware gets these variables of a request and no others, so that requests with the same
# ones get the same headers.
VARIABLES = (
    "wsgi.url_scheme",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_NAME",
    "SERVER_PORT",
    "CONTENT_TYPE",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_COOKIE",
)


class Head(NamedTuple):
    """The headers of a response, as ASGI sends them, and its language."""

    headers: list[tuple[bytes, bytes]]
    language: str


class ResponseHeads:
    """Passes requests through settings.WIDGET_API_MIDDLEWARE, those that are alike only once."""

    def __init__(self):
        middleware = reversed(settings.WIDGET_API_MIDDLEWARE)
        self.pass_middleware = reduce(
            lambda view, name: import_string(name)(view), middleware, accept
        )
        self.make = lru_cache(MOST_HEADS)(self.make)

    def activate(self, request) -> Head | None:
        """Activate the request's language as the middleware does, and return the head.

        Returns None if the middleware responds by itself. Raises the errors of the middleware.
        """
        values = tuple(map(request.META.get, VARIABLES))
        if sum(len(value or "") for value in values) > MOST_CHARACTERS:
            return None
        head = self.make(values)
        if head is not None:
            translation.activate(head.language)
            # Django takes long to find that no time zone is active, and each time shown asks.
            timezone.activate(timezone.get_default_timezone())
        return head

    def make(self, values) -> Head | None:
        known = {name: value for name, value in zip(VARIABLES, values, strict=True) if value}
        variables = {"REQUEST_METHOD": "POST", "wsgi.input": BytesIO(), "PATH_INFO": "/", **known}
        response = self.pass_middleware(WSGIRequest(variables))
        if response.status_code != 201:
            return None
        return Head(header_pairs(response), translation.get_language())


def accept(request):
    return JsonResponse({}, status=201)


def header_pairs(response) -> list[tuple[bytes, bytes]]:
    """Return the headers, except for the length of the body."""
    return [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in response.items()
        if name != "Content-Length"
    ]
