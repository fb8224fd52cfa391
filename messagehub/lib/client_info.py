"""The address and browser of the current request, for the audit log and for rate limits.

Set for the duration of a request; background tasks have none. Threat: a rate limit by address
doesn't stop someone who has many addresses (an IPv6 customer has 2^64) or an unreadable one.
"""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from django.conf import settings


@dataclass(frozen=True)
class ClientInfo:
    address: str | None = None
    browser: str = ""

    @property
    def network(self) -> str:
        """The network that limits count: an IPv6 /64, or one value for all unreadable addresses."""
        if self.address is None:
            return UNKNOWN_ADDRESS
        address = ip_address(self.address)
        is_v6 = isinstance(address, IPv6Address)
        return str(IPv6Address(int(address) >> 64 << 64)) if is_v6 else str(address)


UNKNOWN_ADDRESS = "0.0.0.0"
NO_CLIENT = ClientInfo()
_client: ContextVar[ClientInfo] = ContextVar("client_info", default=NO_CLIENT)


class ClientInfoMiddleware:
    """Set the client for one request, and unset it because server threads are reused."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        browser = request.headers.get("User-Agent", "")[:200].replace("\x00", "")
        token = _client.set(ClientInfo(address=client_address(request), browser=browser))
        try:
            return self.get_response(request)
        finally:
            _client.reset(token)


def current_client() -> ClientInfo:
    return _client.get()


def client_address(request) -> str | None:
    """Return the address that sent the request, as reported by the first of our own proxies.

    Each proxy appends an address to X-Forwarded-For; everything before those is unproven.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        address = hops[-min(settings.BEHIND_PROXY, len(hops))].strip() or address
    return normalize_address(address)


def normalize_address(address) -> str | None:
    """Return the canonical form of an address, without the port that some proxies add."""
    bare = re.sub(r"^\[(.*)\](:\d+)?$|^([^:]+):\d+$", r"\1\3", address).partition("%")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)
