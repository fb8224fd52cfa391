"""Refuse requests that no browser makes with 400, before a view reads them.

Threat: bytes that a library fails to decode late become a 500 and a traceback for each request.
The encoding that a header claims is checked here, once: forms and JSON must be UTF-8.
"""

from django.core.exceptions import BadRequest
from django.utils.http import parse_header_parameters

# UTF-8 and encodings that never fail to decode, though they may show other letters. The names are
# compared as text, because Python caches every codec name it was ever asked to look up.
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1"}
FAULT_KEY = "messagehub.malformed"


def with_readable_content_type(application):
    """Wrap Django's WSGI application, which reads the content type before any middleware runs.

    An error there would reach the server, so it is remembered for the middleware below.
    """

    def guarded(environ, start_response):
        if fault := content_type_fault(environ.get("CONTENT_TYPE", "")):
            environ |= {"CONTENT_TYPE": "", FAULT_KEY: fault}
        return application(environ, start_response)

    return guarded


class MalformedMiddleware:
    """Refuse malformed requests. Belongs after the middlewares that add response headers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if fault := request_fault(request):
            raise BadRequest(fault)
        return self.get_response(request)


def request_fault(request) -> str:
    """Describe the request's fault in a few words; empty if there is none."""
    meta = request.META
    if FAULT_KEY in meta:
        return meta[FAULT_KEY]
    if fault := content_type_fault(meta.get("CONTENT_TYPE", "")):
        request.encoding = None  # the error page decodes the URL too
        return fault
    # A quoted value may hold any byte as \ooo, and the session's goes to the database unchecked.
    # (Views check the URLs and forms they read: tests/house/test_bad_input.py.)
    cookies = meta.get("HTTP_COOKIE", "")
    if "\\" in cookies and any("\x00" in value for value in request.COOKIES.values()):
        request.COOKIES = {}
        return "NUL in a cookie"
    return ""


def content_type_fault(content_type: str) -> str:
    if ";" not in content_type:
        return ""
    if "*" in content_type:  # RFC 2231: a value with a charset of its own
        return "Content-Type with an encoded parameter"
    try:
        _type, parameters = parse_header_parameters(content_type)
    except Exception:  # the standard library's email parser fails in many ways
        return "unreadable Content-Type"
    if parameters.get("charset", "utf-8").lower() not in CHARSETS:
        return "Content-Type with a charset other than UTF-8"
    return ""
