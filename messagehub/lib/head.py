"""HEAD works wherever GET works: monitors, link checkers and mail programs ask with it."""

from django.http.response import HttpResponseBase


class HeadMiddleware:
    """Let views answer HEAD as they answer GET, and send only the headers.

    A view that lists the methods it takes (`require_GET`) needs no word about HEAD this way.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        return without_body(self.get_response(request))


def without_body(response: HttpResponseBase) -> HttpResponseBase:
    """The headers stay as they are: Content-Length is the length that GET would have sent."""
    if response.streaming:
        # The rows of an export are made while they are sent: none is made here.
        response.streaming_content = ()
    else:
        response.content = b""
    return response
