from django.db import transaction

from teams import audit
from teams.actions.membership import look_at_their_chats
from teams.models import Team, TeamMember


def save_team(workspace, *, team=None, name, members, by):
    """Make a team, or give one its name and exactly these members.

    Raises Team.DoesNotExist when somebody deleted it meanwhile.
    """
    with transaction.atomic():
        team = team and Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        before = picture(team) if team else {}
        action = "team.updated" if team else "team.created"
        team = team or Team(workspace=workspace)
        team.name = name
        team.save()
        had = {each.pk: each for each in team.members.select_related("workspace")}
        changed = [each for each in members if each.pk not in had]
        changed += [had[pk] for pk in had.keys() - {each.pk for each in members}]
        TeamMember.objects.filter(team=team).exclude(membership__in=members).delete()
        places = [TeamMember(workspace=workspace, team=team, membership=each) for each in members]
        TeamMember.objects.bulk_create(places, ignore_conflicts=True)
        audit.record(workspace, action, by=by, target=name, before=before, after=picture(team))
        look_at_their_chats(*changed)
    return team


def picture(team):
    members = team.members.select_related("user").order_by("user__name")
    return {"name": team.name, "members": [member.name for member in members]}


def delete_team(team, *, by):
    """Twice is once."""
    with transaction.atomic():
        team = Team.objects.select_for_update(of=("self",)).filter(pk=team.pk).first()
        if team is None:
            return
        audit.record(team.workspace, "team.deleted", by=by, target=team.name, before=picture(team))
        team.delete()
