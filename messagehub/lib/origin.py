"""Web origins (RFC 6454): scheme, host and port."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\]")


def parse_origin(url: str) -> str:
    """Return the origin of an http(s) URL. Raises ValueError for anything else.

    The check is strict because the origin becomes part of a Content-Security-Policy header.
    """
    parts = urlsplit(url.strip())
    is_invalid = parts.netloc.startswith("[") and not re.fullmatch(
        r"\[[^\]]*\](:\d*)?", parts.netloc
    )
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or is_invalid:
        raise ValueError(url)
    host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    if ":" in host:
        host = f"[{host}]"
    if not HOST.fullmatch(host):
        raise ValueError(url)
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def is_loopback(origin: str) -> bool:
    """Check whether the origin is on the browser's own machine."""
    host = (urlsplit(origin).hostname or "").rstrip(".")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
