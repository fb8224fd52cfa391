"""Team Settings > Roles."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams.access import Permission, workspace_page
from teams.actions.role import RoleInUse, delete_role, save_role
from teams.forms import form_data
from teams.forms.role import RoleForm


@require_GET
@workspace_page(Permission.MANAGE_TEAM)
def roles(request):
    members = Count("memberships", filter=Q(memberships__removed_at=None))
    all_roles = request.workspace.roles.built_in_first().annotate(members=members)
    rows = [{"role": each, "members": each.members} for each in all_roles]
    context = {"rows": rows, "permissions": Permission}
    return render(request, "teams/roles.html", context)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def role(request, role=None):
    custom_roles = request.workspace.roles.filter(key="")
    instance = role and get_object_or_404(custom_roles, pk=role)
    if instance and not request.membership.can_give(instance):
        raise PermissionDenied
    form = RoleForm(form_data(request), by=request.membership, instance=instance)
    if request.method == "POST" and form.is_valid() and form.save(save_role, role=instance):
        messages.success(request, _("Saved."))
        return redirect("roles", request.workspace.slug)
    context = {"form": form, "role": instance}
    return render(request, "teams/role_form.html", context, status=400 if form.errors else 200)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def role_deletion(request, role):
    custom_role = get_object_or_404(request.workspace.roles.filter(key=""), pk=role)
    if not request.membership.can_give(custom_role):
        raise PermissionDenied
    try:
        delete_role(custom_role, by=request.membership)
    except RoleInUse as error:
        messages.error(request, str(error))
    return redirect("roles", request.workspace.slug)
