"""Headers that protect an answer which Django's middlewares never see.

Refusals of the WSGI adapter and of the streams' endpoint: nothing in them is to be shown.
"""

PROTECTION = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
]
