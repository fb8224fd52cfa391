"""Warn about inboxes that lose their only target, before a member or a team is removed."""

from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import ngettext

from routing.models import Target
from teams.models import TeamMember
from teams.signals import member_leaving, team_leaving


@receiver(member_leaving)
def warn_inboxes_without_other_targets(sender, membership, **kwargs):
    return warn_if_only_target(membership.workspace_id, Q(membership=membership))


@receiver(member_leaving)
def warn_inboxes_left_empty(sender, membership, **kwargs):
    """Warn about inboxes whose only teams have no other member.

    Such a team stays a target until someone joins it or it is deleted.
    """
    others = TeamMember.objects.exclude(membership=membership).filter(
        membership__removed_at=None, membership__suspended_at=None
    )
    targets = active_targets(membership.workspace_id).exclude(membership=membership)
    with_members = targets.filter(Q(team=None) | Q(team__in=others.values("team")))
    own_teams = targets.filter(team__in=membership.team_memberships.values("team"))
    names = inbox_names(own_teams.exclude(inbox__in=with_members.values("inbox")))
    text = ngettext(
        "%(inboxes)s routes only to a team with no other members."
        " Its conversations will stay in the queue.",
        "%(inboxes)s route only to teams with no other members."
        " Their conversations will stay in the queue.",
        len(names),
    )
    return text % {"inboxes": ", ".join(names)} if names else ""


@receiver(team_leaving)
def warn_inboxes_without_other_team(sender, team, **kwargs):
    return warn_if_only_target(team.workspace_id, Q(team=team))


def warn_if_only_target(workspace, target):
    """Name the inboxes that have no other target, or return "". target: a filter."""
    targets = active_targets(workspace)
    others = targets.exclude(target)
    names = inbox_names(targets.filter(target).exclude(inbox__in=others.values("inbox")))
    text = ngettext(
        "%(inboxes)s routes to no one else. Its conversations will go to all its agents.",
        "%(inboxes)s route to no one else. Their conversations will go to all their agents.",
        len(names),
    )
    return text % {"inboxes": ", ".join(names)} if names else ""


def active_targets(workspace):
    return Target.objects.active().filter(workspace=workspace)


def inbox_names(targets):
    names = targets.order_by("inbox__name").values_list("inbox__name", flat=True)
    return list(dict.fromkeys(names))
