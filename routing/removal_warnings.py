"""What it means for the inboxes that somebody, or a team, goes: said before it is done."""

from django.db.models import Q
from django.dispatch import receiver
from django.utils.translation import ngettext

from routing.models import Target
from teams.models import TeamMember
from teams.signals import member_leaving, team_leaving


@receiver(member_leaving)
def name_inboxes_that_ask_only_them(sender, membership, **kwargs):
    return everybody_instead(membership.workspace_id, Q(membership=membership))


@receiver(member_leaving)
def name_inboxes_that_then_ask_nobody(sender, membership, **kwargs):
    """A team that nobody is in any more stays chosen, until somebody joins it or it is deleted."""
    people = TeamMember.objects.exclude(membership=membership).filter(
        membership__removed_at=None, membership__suspended_at=None
    )
    targets = active_targets(membership.workspace_id).exclude(membership=membership)
    with_somebody = targets.filter(Q(team=None) | Q(team__in=people.values("team")))
    theirs = targets.filter(team__in=membership.team_memberships.values("team"))
    names = inbox_names(theirs.exclude(inbox__in=with_somebody.values("inbox")))
    words = ngettext(
        "%(inboxes)s asks only a team that nobody else is in: then nobody is asked for its chats.",
        "%(inboxes)s ask only teams that nobody else is in: then nobody is asked for their chats.",
        len(names),
    )
    return words % {"inboxes": ", ".join(names)} if names else ""


@receiver(team_leaving)
def name_inboxes_that_ask_only_it(sender, team, **kwargs):
    return everybody_instead(team.workspace_id, Q(team=team))


def everybody_instead(workspace, who):
    """What becomes of the inboxes that ask nobody else; empty: there are none."""
    targets = active_targets(workspace)
    others = targets.exclude(who)
    names = inbox_names(targets.filter(who).exclude(inbox__in=others.values("inbox")))
    words = ngettext(
        "%(inboxes)s asks nobody else for its chats: then everybody who answers it is asked.",
        "%(inboxes)s ask nobody else for their chats: then everybody who answers them is asked.",
        len(names),
    )
    return words % {"inboxes": ", ".join(names)} if names else ""


def active_targets(workspace):
    return Target.objects.active().filter(workspace=workspace)


def inbox_names(targets):
    names = targets.order_by("inbox__name").values_list("inbox__name", flat=True)
    return list(dict.fromkeys(names))
