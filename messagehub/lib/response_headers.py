"""Response headers for cross-origin isolation, and for responses that Django never sees.

A website that isolates itself (Cross-Origin-Embedder-Policy: require-corp) loads nothing from
another origin without that origin's permission, and shows only frames whose documents isolate
themselves too. The widget has to work there.
"""

from functools import wraps

# For refusals by the WSGI adapter and the live endpoint, which pass no Django middleware.
PROTECTIVE_HEADERS = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]


def embeddable(view):
    """Let isolated websites load the view's response, as a script or as a frame."""

    @wraps(view)
    def embeddable_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        # The frame loads everything from its own origin, so isolating it costs nothing.
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        return response

    return embeddable_view


def add_static_headers(headers, path, url):
    """Allow every website to load static files (WhiteNoise calls this): they are public.

    The page's script of the chat (static/widget/website.js) is a module, so it needs both headers.
    """
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Access-Control-Allow-Origin"] = "*"
