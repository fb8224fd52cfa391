from django.db import transaction

from teams import audit
from teams.actions.membership import send_access_changed
from teams.models import Team, TeamMember


def save_team(workspace, *, team=None, name, members, by):
    """Create a team, or replace the name and the members of one.

    Raises Team.DoesNotExist if it was deleted in the meantime.
    """
    with transaction.atomic():
        team = team and Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        before = audit_snapshot(team) if team else {}
        action = "team.updated" if team else "team.created"
        team = team or Team(workspace=workspace)
        team.name = name
        team.save()
        previous = {each.pk: each for each in team.members.select_related("workspace")}
        added = [each for each in members if each.pk not in previous]
        removed = [previous[pk] for pk in previous.keys() - {each.pk for each in members}]
        TeamMember.objects.filter(team=team).exclude(membership__in=members).delete()
        rows = [TeamMember(workspace=workspace, team=team, membership=each) for each in members]
        TeamMember.objects.bulk_create(rows, ignore_conflicts=True)
        after = audit_snapshot(team)
        audit.record(workspace, action, by=by, target=name, before=before, after=after)
        send_access_changed(*added, *removed)
    return team


def audit_snapshot(team):
    members = team.members.select_related("user").order_by("user__name")
    return {"name": team.name, "members": [member.name for member in members]}


def delete_team(team, *, by):
    """Delete the team. Repeating has no effect."""
    with transaction.atomic():
        team = Team.objects.select_for_update(of=("self",)).filter(pk=team.pk).first()
        if team is None:
            return
        before = audit_snapshot(team)
        audit.record(team.workspace, "team.deleted", by=by, target=team.name, before=before)
        team.delete()
