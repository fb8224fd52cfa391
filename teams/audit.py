"""The audit log: an entry for each change to the team or the settings, or to a sent message."""

from messagehub.lib import client_info
from teams.models import AuditEntry


def record(workspace, action, *, by, target="", before=None, after=None):
    """Record in the caller's transaction what a member did; by None means the system."""
    request_origin = client_info.current_client()
    return AuditEntry.objects.create(
        workspace=workspace,
        action=action,
        by=by,
        by_name=by.name[:80] if by else "",
        target=str(target)[:254],
        before=before or {},
        after=after or {},
        address=request_origin.address,
        browser=request_origin.browser,
    )


def format_counts(counts) -> str:
    """Return the counts by name, such as "Bea (2), the queue (1)"."""
    return ", ".join(f"{name} ({count})" for name, count in counts.items())
