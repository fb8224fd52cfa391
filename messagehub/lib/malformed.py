"""Requests that no browser makes are refused with 400 before a view reads them.

Threat: a stranger's bytes that a library decodes late become a 500 and a traceback for each of
them. What a header says about encoding is decided here, once: forms and JSON come in UTF-8.
"""

from django.core.exceptions import BadRequest
from django.utils.http import parse_header_parameters

# Names of UTF-8, and of what reads the same or shows other letters: with none of them decoding
# fails. They are compared as texts, because Python keeps every name it was ever asked to look up.
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1"}
MARK = "messagehub.malformed"


def with_readable_content_type(application):
    """Wrap Django's WSGI application, which reads the content type before any middleware runs.

    An error there would reach the server; this way the middleware below refuses the request.
    """

    def guarded(environ, start_response):
        if fault := content_type_fault(environ.get("CONTENT_TYPE", "")):
            environ |= {"CONTENT_TYPE": "", MARK: fault}
        return application(environ, start_response)

    return guarded


class MalformedMiddleware:
    """Refuse what is broken. Stands behind the middlewares that add headers to the answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if fault := request_fault(request):
            raise BadRequest(fault)
        return self.get_response(request)


def request_fault(request) -> str:
    """What is wrong with the request, in a word or two; empty if nothing is."""
    meta = request.META
    if MARK in meta:
        return meta[MARK]
    if fault := content_type_fault(meta.get("CONTENT_TYPE", "")):
        request.encoding = None  # the answer reads the address, too
        return fault
    # A quoted value may hold any byte as \ooo, and a session's goes to the database as it is. (In
    # addresses and forms views look at what they read: tests/house/test_bad_input.py.)
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
    except Exception:  # the standard library's parser of mail gives up in many ways
        return "Content-Type that cannot be read"
    if parameters.get("charset", "utf-8").lower() not in CHARSETS:
        return "Content-Type with another charset than UTF-8"
    return ""
