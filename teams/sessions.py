"""Names for a login session that don't give its key away."""

from messagehub.lib.tokens import hash_token


def session_name(request) -> str:
    """Name the session in presence entries."""
    return hash_token(request.session.session_key or "")[:32]


def session_subject(request) -> str:
    """Name the session for the live hub, which closes its streams by this name."""
    return f"session:{session_name(request)}"
