"""Whom routing asks for the chats of an inbox."""

from uuid import UUID

from django.db.models import Q

from inbox.models import Inbox, InboxMember
from messagehub.lib.prepared_query import PreparedQuery, is_one_of
from routing.models import Target
from teams.models import Membership, TeamMember


def list_targets(inbox) -> list[Target]:
    """The users and teams chosen for it; none who is still here: everybody who answers it."""
    return TARGETS.all(inbox=inbox.pk)


LARGE = 50
# Somebody who was removed or suspended is no target: else nobody might be asked at all.
TARGETS = PreparedQuery(lambda inbox: Target.objects.active().filter(inbox=inbox), inbox=UUID)
ONE_MORE_MEMBER = PreparedQuery(
    lambda inbox: InboxMember.objects.filter(inbox=inbox).values_list("inbox")[LARGE : LARGE + 1],
    inbox=UUID,
)
TEAM_MEMBERS = PreparedQuery(
    lambda teams: TeamMember.objects.filter(is_one_of(teams, "team")).values_list("team")[
        : LARGE + 1
    ],
    teams=list,
)


def pool(inbox, targets=None):
    """The users, and the members of the teams, among `targets` (of the inbox, unless others are
    tried out); none: everybody who answers it.

    Able or not: whoever may not open the inbox is in it, with that as the reason.
    """
    targets = list_targets(inbox) if targets is None else targets
    return among(inbox.workspace_id, *chosen(targets)) if targets else inbox.agents


def able(inbox, targets=None):
    """Those of the pool who may open it: they can be given its chats, and get its mail."""
    targets = list_targets(inbox) if targets is None else targets
    people = pool(inbox, targets)
    # Its own people can; the question about a thousand of them is not free.
    return people.filter(pk__in=inbox.possible_assignees.values("pk")) if targets else people


def inboxes_assigning_to(memberships):
    """The inboxes that may ask any of these: their own, and those whose chosen users and teams they
    are among."""
    teams = TeamMember.objects.filter(membership__in=memberships).values("team")
    chosen = Target.objects.filter(Q(membership__in=memberships) | Q(team__in=teams))
    own = InboxMember.objects.filter(membership__in=memberships)
    return Inbox.objects.filter(Q(pk__in=own.values("inbox")) | Q(pk__in=chosen.values("inbox")))


def is_large(inbox, targets):
    """Whether more than a few dozen belong to it, able or not. Quick: nobody is counted beyond."""
    users, teams = chosen(targets)
    if not targets:
        return ONE_MORE_MEMBER.first(inbox=inbox.pk) is not None
    members = len(TEAM_MEMBERS.all(teams=teams)) if teams else 0
    return len(users) + members > LARGE


def chosen(targets):
    """(ids of the users, ids of the teams)."""
    users = [each.membership_id for each in targets if each.membership_id]
    return users, [each.team_id for each in targets if each.team_id]


def among(workspace, users, teams):
    """These users, and the members of these teams (ids)."""
    in_teams = TeamMember.objects.filter(is_one_of(teams, "team")).values("membership")
    members = Membership.objects.active().filter(workspace=workspace)
    return members.filter(Q(is_one_of(users)) | Q(pk__in=in_teams)).with_related()
