"""Add the URL of the mailbox to pages, if the request comes from this machine."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http.request import split_domain_port
from django.urls import reverse

LOCAL_NAMES = {"localhost", "127.0.0.1", "[::1]"}
# Headers that a proxy or a tunnel adds when it forwards someone else's request.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "Via")


def mailbox(request):
    """Let pages that mention an email link to the mailbox, on this machine's own name."""
    if not is_local_request(request):
        return {"mailbox_url": ""}
    return {"mailbox_url": f"http://localhost:{settings.PORT}{reverse('mailbox')}"}


def is_local_request(request) -> bool:
    try:
        name, _port = split_domain_port(request.get_host())
    except DisallowedHost:  # the error page calls this too
        return False
    return name in LOCAL_NAMES and not any(header in request.headers for header in FORWARDED)
