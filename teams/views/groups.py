"""Team Settings > Teams and Roles."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams.access import Permission, workspace_page
from teams.actions.role import RoleInUse, delete_role, save_role
from teams.actions.team import delete_team, save_team
from teams.forms import form_data
from teams.forms.groups import RoleForm, TeamForm
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
    if request.method == "POST" and form.is_valid() and save(form, save_team, team=instance):
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


@require_GET
@workspace_page(Permission.MANAGE_TEAM)
def roles(request):
    all_roles = request.workspace.roles.built_in_first()
    rows = [{"role": each, "members": each.memberships.present().count()} for each in all_roles]
    context = {"rows": rows, "permissions": Permission}
    return render(request, "teams/roles.html", context)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def role(request, role=None):
    custom_roles = request.workspace.roles.filter(key="")
    instance = role and get_object_or_404(custom_roles, pk=role)
    if instance and not request.membership.may_give(instance):
        raise PermissionDenied
    form = RoleForm(form_data(request), by=request.membership, instance=instance)
    if request.method == "POST" and form.is_valid() and save(form, save_role, role=instance):
        messages.success(request, _("Saved."))
        return redirect("roles", request.workspace.slug)
    context = {"form": form, "role": instance}
    return render(request, "teams/role_form.html", context, status=400 if form.errors else 200)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def role_deletion(request, role):
    custom_role = get_object_or_404(request.workspace.roles.filter(key=""), pk=role)
    if not request.membership.may_give(custom_role):
        raise PermissionDenied
    try:
        delete_role(custom_role, by=request.membership)
    except RoleInUse as error:
        messages.error(request, str(error))
    return redirect("roles", request.workspace.slug)


def save(form, action, **instance) -> bool:
    """Save the form. Raises Http404 if the row was deleted in the meantime.

    False, with an error at the name, if the name was taken at the same moment, as by a double
    click.
    """
    try:
        action(form.workspace, **instance, **form.cleaned_data, by=form.by)
    except ObjectDoesNotExist:
        raise Http404 from None
    except IntegrityError:
        form.add_error("name", _("This name is already in use."))
        return False
    return True
