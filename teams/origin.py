"""Where the request under way comes from, for the audit log: address and browser.

Set for the length of a request, read by teams.audit; background work has none.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings


@dataclass(frozen=True)
class Origin:
    address: str | None = None
    browser: str = ""


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


class OriginMiddleware:
    """Server threads are used again and again: nothing of one request is left for the next."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        browser = request.headers.get("User-Agent", "")[:200].replace("\x00", "")
        token = _origin.set(Origin(address=client_address(request), browser=browser))
        try:
            return self.get_response(request)
        finally:
            _origin.reset(token)


def current() -> Origin:
    return _origin.get()


def client_address(request) -> str | None:
    """Where the request comes from. Behind our proxies: what the first of them heard it from.

    Each adds an address to the end of X-Forwarded-For; whatever stands before is a claim.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        address = hops[-min(settings.BEHIND_PROXY, len(hops))].strip() or address
    try:
        return str(ip_address(address))
    except ValueError:
        return None
