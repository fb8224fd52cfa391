"""The audit log: one entry for everything that changes the team or the settings."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messagehub.lib import client_info
from teams.models import AuditEntry

ACTIONS = {
    "member.invited": gettext_lazy("invited %(target)s"),
    "invitation.resent": gettext_lazy("sent the invitation of %(target)s again"),
    "invitation.link_copied": gettext_lazy("copied the invitation link of %(target)s"),
    "invitation.revoked": gettext_lazy("revoked the invitation of %(target)s"),
    "invitation.accepted": gettext_lazy("joined as %(target)s"),
    "member.updated": gettext_lazy("changed the membership of %(target)s"),
    "member.removed": gettext_lazy("removed %(target)s"),
    "member.left": gettext_lazy("left"),
    "member.suspended": gettext_lazy("suspended %(target)s"),
    "member.reactivated": gettext_lazy("let %(target)s in again"),
    "member.set_away": gettext_lazy("set %(target)s to Away"),
    "member.set_available": gettext_lazy("ended Away of %(target)s"),
    "member.hours": gettext_lazy("changed the office hours of %(target)s"),
    "member.capacity": gettext_lazy("changed how many chats %(target)s takes"),
    "member.handed_over": gettext_lazy("handed over conversations of %(target)s"),
    "member.handover_undone": gettext_lazy("took back handing over conversations of %(target)s"),
    "team.created": gettext_lazy("made the team %(target)s"),
    "team.updated": gettext_lazy("changed the team %(target)s"),
    "team.deleted": gettext_lazy("deleted the team %(target)s"),
    "role.created": gettext_lazy("made the role %(target)s"),
    "role.updated": gettext_lazy("changed the role %(target)s"),
    "role.deleted": gettext_lazy("deleted the role %(target)s"),
    "workspace.created": gettext_lazy("made the workspace %(target)s"),
    "workspace.updated": gettext_lazy("changed the settings of %(target)s"),
    "workspace.moved": gettext_lazy("changed the address of the workspace to %(target)s"),
    "workspace.deleted": gettext_lazy("deleted the workspace %(target)s"),
    "workspace.restored": gettext_lazy("brought the workspace %(target)s back"),
    "inbox.created": gettext_lazy("made the inbox %(target)s"),
    "email.retried": gettext_lazy("sent the email to %(target)s again"),
    "inbox.updated": gettext_lazy("changed the inbox %(target)s"),
    "inbox.access_updated": gettext_lazy("changed who answers the inbox %(target)s"),
    "inbox.hours_updated": gettext_lazy("changed the opening hours of the inbox %(target)s"),
    "inbox.routing_updated": gettext_lazy("changed the routing of the inbox %(target)s"),
}


def record(workspace, action, *, by, target="", before=None, after=None):
    """Write down, in the caller's transaction, what somebody (None: the system) did."""
    where = client_info.current_client()
    return AuditEntry.objects.create(
        workspace=workspace,
        action=action,
        by=by,
        by_name=by.name[:80] if by else "",
        target=str(target)[:254],
        before=before or {},
        after=after or {},
        address=where.address,
        browser=where.browser,
    )


def counted(counts) -> str:
    """Say how many went where: «Bea (2), the queue (1)»."""
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def sentence(entry) -> str:
    return str(ACTIONS.get(entry.action, entry.action)) % {"target": entry.target}


def actor(entry) -> str:
    return entry.by_name or _("MessageHub")
