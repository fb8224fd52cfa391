"""Team Settings > Teams."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams.access import Permission, workspace_page
from teams.actions.team import delete_team, save_team
from teams.forms import form_data
from teams.forms.team import TeamForm
from teams.signals import team_leaving
from teams.views.members import collect_consequences


@require_GET
@workspace_page(Permission.MANAGE_TEAM)
def teams(request):
    all_teams = request.workspace.teams.prefetch_related("members__user").order_by("name")
    return render(request, "teams/teams.html", {"teams": all_teams})


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def team(request, team=None):
    instance = team and get_object_or_404(request.workspace.teams, pk=team)
    form = TeamForm(form_data(request), by=request.membership, instance=instance)
    if request.method == "POST" and form.is_valid() and form.save(save_team, team=instance):
        messages.success(request, _("Saved."))
        return redirect("teams", request.workspace.slug)
    context = {"form": form, "team": instance}
    if instance:
        context["consequences"] = collect_consequences(team_leaving, team=instance)
    return render(request, "teams/team_form.html", context, status=400 if form.errors else 200)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def team_deletion(request, team):
    delete_team(get_object_or_404(request.workspace.teams, pk=team), by=request.membership)
    return redirect("teams", request.workspace.slug)
