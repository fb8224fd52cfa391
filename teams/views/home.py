from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams.actions.workspace import restore_workspace
from teams.context import my_workspaces
from teams.forms.workspace import WorkspaceForm
from teams.models import Membership
from teams.models.workspace import GRACE
from teams.new_workspaces import CannotCreate, can_create_workspace


@require_GET
def home(request):
    """Open the user's only workspace, or let them choose one."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    workspaces = my_workspaces(request)
    if len(workspaces) == 1:
        return redirect("workspace", workspaces[0].slug)
    return redirect("choose-workspace")


@require_GET
@login_required
def choose(request):
    context = {"workspaces": my_workspaces(request), "deleted": restorable_by(request.user)}
    return render(request, "teams/choose.html", context)


def restorable_by(user):
    """Return the user's memberships in deleted workspaces that they may restore."""
    memberships = Membership.objects.filter(
        user=user,
        removed_at=None,
        suspended_at=None,
        workspace__deleted_at__gte=timezone.now() - GRACE,
    )
    memberships = memberships.with_related().order_by("pk")
    return [each for each in memberships if each.can_change_settings]


@require_POST
@login_required
def restore(request, workspace):
    """Restore a deleted workspace. Outside of the gate, for which it doesn't exist."""
    restorable = restorable_by(request.user)
    membership = next((each for each in restorable if each.workspace.slug == workspace), None)
    if membership is None:
        raise Http404
    restore_workspace(membership.workspace, by=membership)
    return redirect("general", membership.workspace.slug)


@require_GET
def first_steps(request):
    """Show the new workspace with the snippet to embed, at the end of a sign-up."""
    workspaces = my_workspaces(request)
    if len(workspaces) == 1:
        return redirect("welcome", workspaces[0].slug)
    return redirect("home")


@login_required
@require_http_methods(["GET", "POST"])
def new_workspace(request):
    if not can_create_workspace(request.user):
        return render(request, "teams/new_refused.html", status=403)
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            founder = form.create(request.user)
        except CannotCreate as error:
            form.add_error(None, str(error))
        else:
            return redirect("welcome", founder.workspace.slug)
    return render(request, "teams/new.html", {"form": form}, status=400 if form.errors else 200)
