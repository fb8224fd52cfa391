"""The users and teams that routing assigns an inbox's conversations to."""

from uuid import UUID

from django.db.models import Q

from inbox.models import Inbox, InboxMember
from messagehub.lib.prepared_query import PreparedQuery
from routing.models import Target
from teams.models import Membership, TeamMember


def list_targets(inbox) -> list[Target]:
    """Return the users and teams chosen for the inbox; with none, all its agents are asked."""
    return TARGETS.all(inbox=inbox.pk)


# A removed or suspended user is no target. Otherwise an inbox could be left with no one to ask.
TARGETS = PreparedQuery(lambda inbox: Target.objects.active().filter(inbox=inbox), inbox=UUID)


def target_members(inbox, targets=None):
    """Return the members whom routing asks, including those who may not open the inbox.

    targets: to try out instead of the stored ones.
    """
    targets = list_targets(inbox) if targets is None else targets
    return members_of(inbox.workspace_id, *target_ids(targets)) if targets else inbox.agents


def assignable_members(inbox, targets=None, team=None):
    """Return those whom routing asks and who may open the inbox: they get its chats and emails.

    team: the id of the team that a conversation was given to; its members take the targets' place.
    """
    if team is not None:
        return possible_assignees(inbox, team).with_related()
    targets = list_targets(inbox) if targets is None else targets
    members = target_members(inbox, targets)
    # The inbox's own agents may always open it, and asking that of a thousand members isn't free.
    return members.filter(pk__in=inbox.possible_assignees.values("pk")) if targets else members


def possible_assignees(inbox, team=None):
    """Return who can be assigned a conversation of the inbox, or of its team (an id) if it has one.

    A contact's owner who isn't in the team isn't asked: the team was chosen on purpose.
    """
    members = inbox.possible_assignees
    return members if team is None else members.filter(team_memberships__team=team)


def inboxes_assigning_to(memberships):
    """Return the inboxes that may assign to any of these, as their agents or as targets."""
    teams = TeamMember.objects.filter(membership__in=memberships).values("team")
    targets = Target.objects.filter(Q(membership__in=memberships) | Q(team__in=teams))
    own = InboxMember.objects.filter(membership__in=memberships)
    return Inbox.objects.filter(Q(pk__in=own.values("inbox")) | Q(pk__in=targets.values("inbox")))


def target_ids(targets):
    """Return (ids of the users, ids of the teams)."""
    users = [each.membership_id for each in targets if each.membership_id]
    return users, [each.team_id for each in targets if each.team_id]


def members_of(workspace, users, teams):
    """Return these users, and the members of these teams (ids)."""
    in_teams = TeamMember.objects.filter(team__in=teams).values("membership")
    members = Membership.objects.active().filter(workspace=workspace)
    return members.filter(Q(pk__in=users) | Q(pk__in=in_teams)).with_related()
