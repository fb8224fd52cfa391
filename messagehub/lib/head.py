"""Answer HEAD wherever GET works, because monitors, link checkers and mail programs use it."""

from django.http.response import HttpResponseBase


class HeadMiddleware:
    """Run HEAD as GET and send only the headers, so that `require_GET` need not mention HEAD."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        return without_body(self.get_response(request))


def without_body(response: HttpResponseBase) -> HttpResponseBase:
    """Empty the body but keep the headers: Content-Length is the length that GET would send."""
    if response.streaming:
        # The rows of an export are only made while they are sent, so none are made here.
        response.streaming_content = ()
    else:
        response.content = b""
    return response
