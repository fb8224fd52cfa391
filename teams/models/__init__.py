from teams.models.audit import AuditEntry
from teams.models.invitation import Invitation, InvitationLink, InvitationTeam
from teams.models.membership import Membership
from teams.models.role import Role
from teams.models.status_change import StatusChange
from teams.models.team import Team, TeamMember
from teams.models.workspace import FormerAddress, Logo, Workspace

__all__ = [
    "AuditEntry",
    "FormerAddress",
    "Invitation",
    "InvitationLink",
    "InvitationTeam",
    "Logo",
    "Membership",
    "Role",
    "StatusChange",
    "Team",
    "TeamMember",
    "Workspace",
]
