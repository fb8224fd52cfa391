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
    """The front door: into the only workspace, or a choice among several."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    workspaces = my_workspaces(request)
    if len(workspaces) == 1:
        return redirect("workspace", workspaces[0].slug)
    return redirect("choose-workspace")


@require_GET
@login_required
def choose(request):
    """All of a person's workspaces, and the deleted ones they can bring back."""
    context = {"workspaces": my_workspaces(request), "deleted": deleted_of(request.user)}
    return render(request, "teams/choose.html", context)


def deleted_of(user):
    """Memberships in deleted workspaces that this person may bring back."""
    mine = Membership.objects.filter(user=user, removed_at=None, suspended_at=None)
    deleted = mine.filter(workspace__deleted_at__gte=timezone.now() - GRACE).with_related()
    return [each for each in deleted.order_by("pk") if each.can_change_settings]


@require_POST
@login_required
def restore(request, workspace):
    """A deleted workspace comes back. Outside the gate: for the gate it does not exist."""
    membership = next((m for m in deleted_of(request.user) if m.workspace.slug == workspace), None)
    if membership is None:
        raise Http404
    restore_workspace(membership.workspace, by=membership)
    return redirect("general", membership.workspace.slug)


@require_GET
def first_steps(request):
    """Where a sign-up ends: in the new workspace, with the line to embed."""
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
