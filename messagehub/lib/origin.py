"""Origins of web pages (RFC 6454): scheme, host and port, nothing else."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]")


def parse_origin(address: str) -> str:
    """The origin of an http(s) address. Raises ValueError for anything else.

    The strict form matters: it becomes part of a Content-Security-Policy header.
    """
    parts = urlsplit(address.strip())
    odd = parts.netloc.startswith("[") and not re.fullmatch(r"\[[^\]]*\](:\d*)?", parts.netloc)
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or odd:
        raise ValueError(address)
    host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    if ":" in host:
        host = f"[{host}]"
    if not HOST.fullmatch(host):
        raise ValueError(address)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def is_loopback(origin: str) -> bool:
    """Whether the origin means the machine of the browser that asks, whichever that is."""
    host = (urlsplit(origin).hostname or "").rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
