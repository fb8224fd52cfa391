from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from teams.actions.workspace import create_workspace
from teams.context import my_workspaces
from teams.forms import WorkspaceForm


@require_GET
def home(request):
    """The front door: into the only workspace, or a choice among several."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    workspaces = my_workspaces(request)
    if len(workspaces) == 1:
        return redirect("conversations", workspaces[0].slug)
    return render(request, "teams/choose.html", {"workspaces": workspaces})


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
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        founder = create_workspace(form.cleaned_data["workspace_name"], by=request.user)
        return redirect("welcome", founder.workspace.slug)
    return render(request, "teams/new.html", {"form": form}, status=400 if form.errors else 200)
