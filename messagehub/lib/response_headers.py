"""Headers for websites that isolate themselves with Cross-Origin-Embedder-Policy: require-corp.

Their browsers load nothing from another origin that does not allow it, and show no frame whose
document does not isolate itself the same way.
"""

from functools import wraps

EMBEDDABLE = "Cross-Origin-Resource-Policy"
ISOLATED = "Cross-Origin-Embedder-Policy"


def embeddable(view):
    """Let isolated websites load what the view answers, as a script or as a frame."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response[EMBEDDABLE] = "cross-origin"
        # All that the frame loads comes from its own origin, so it gives nothing up.
        response[ISOLATED] = "require-corp"
        return response

    return answer


def add_static_headers(headers, path, url):
    """For WhiteNoise: static files are public, the frame's among them."""
    headers[EMBEDDABLE] = "cross-origin"
