"""Where the request under way comes from: address and browser, for the audit log and for limits.

Set for the length of a request; background work has none. Threat: a limit by address is open to
whoever has many addresses (an IPv6 customer has 2^64), or one that nobody understands.
"""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from django.conf import settings


@dataclass(frozen=True)
class Origin:
    address: str | None = None
    browser: str = ""

    @property
    def network(self) -> str:
        """The address of the customer's network. All that cannot be understood are one."""
        if self.address is None:
            return UNKNOWN_ADDRESS
        address = ip_address(self.address)
        is_v6 = isinstance(address, IPv6Address)
        return str(IPv6Address(int(address) >> 64 << 64)) if is_v6 else str(address)


UNKNOWN_ADDRESS = "0.0.0.0"
NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


class ClientInfoMiddleware:
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
    return parse(address)


def parse(address) -> str | None:
    """One form for each address; some proxies add the port it came from."""
    bare = re.sub(r"^\[(.*)\](:\d+)?$|^([^:]+):\d+$", r"\1\3", address).partition("%")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)
