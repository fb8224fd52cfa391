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
from teams.forms.team import RoleForm, TeamForm, posted
from teams.signals import team_leaving
from teams.views.members import consequences


@require_GET
@workspace_page(Permission.MANAGE_TEAM)
def teams(request):
    found = request.workspace.teams.prefetch_related("members__user").order_by("name")
    return render(request, "teams/teams.html", {"teams": found})


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def team(request, team=None):
    instance = team and get_object_or_404(request.workspace.teams, pk=team)
    form = TeamForm(form_data(request), by=request.membership, instance=instance)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        if saved(form, save_team, request.workspace, team=instance, **words, by=request.membership):
            messages.success(request, _("Saved."))
            return redirect("teams", request.workspace.slug)
    context = {"form": form, "team": instance}
    context["consequences"] = consequences(team_leaving, team=instance) if instance else []
    return render(request, "teams/team_form.html", context, status=400 if form.errors else 200)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def team_deletion(request, team):
    delete_team(get_object_or_404(request.workspace.teams, pk=team), by=request.membership)
    return redirect("teams", request.workspace.slug)


@require_GET
@workspace_page(Permission.MANAGE_TEAM)
def roles(request):
    found = request.workspace.roles.in_order()
    rows = [{"role": role, "members": role.memberships.current().count()} for role in found]
    context = {"rows": rows, "permissions": Permission}
    return render(request, "teams/roles.html", context)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def role(request, role=None):
    own = request.workspace.roles.filter(key="")
    instance = role and get_object_or_404(own, pk=role)
    if instance and not request.membership.can_give(instance):
        raise PermissionDenied
    form = RoleForm(form_data(request), by=request.membership, instance=instance)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        if saved(form, save_role, request.workspace, role=instance, **words, by=request.membership):
            messages.success(request, _("Saved."))
            return redirect("roles", request.workspace.slug)
    context = {"form": form, "role": instance}
    return render(request, "teams/role_form.html", context, status=400 if form.errors else 200)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def role_deletion(request, role):
    own = get_object_or_404(request.workspace.roles.filter(key=""), pk=role)
    if not request.membership.can_give(own):
        raise PermissionDenied
    try:
        delete_role(own, by=request.membership)
    except RoleInUse as error:
        messages.error(request, str(error))
    return redirect("roles", request.workspace.slug)


def saved(form, action, workspace, **words):
    """False, said at the name, when somebody took the name in the same moment (a double click).
    404 when somebody deleted it."""
    try:
        action(workspace, **words)
    except ObjectDoesNotExist:
        raise Http404 from None
    except IntegrityError:
        form.add_error("name", _("This name is already in use."))
        return False
    return True
