"""Whom routing asks for the chats of an inbox."""

from django.db.models import Q

from routing.models import Target
from teams.models import Membership, TeamMember


def targets_of(inbox) -> list[Target]:
    """The users and teams chosen for it; none: everybody who answers it."""
    return list(Target.objects.filter(inbox=inbox))


def pool(inbox, targets=None):
    """The users, and the members of the teams, among `targets` (of the inbox, unless others are
    tried out); none: everybody who answers it.

    Able or not: whoever may not open the inbox is in it, with that as the reason.
    """
    targets = targets_of(inbox) if targets is None else targets
    if not targets:
        return inbox.agents
    users = [each.membership_id for each in targets if each.membership_id]
    teams = [each.team_id for each in targets if each.team_id]
    in_teams = TeamMember.objects.filter(team__in=teams).values("membership")
    members = Membership.objects.active().filter(workspace=inbox.workspace_id)
    return members.filter(Q(pk__in=users) | Q(pk__in=in_teams)).with_person()
