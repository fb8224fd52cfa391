"""Agents change many conversations of the desk's list at once."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inbox.actions.bulk import MOST, RunInProgress, start_bulk_run, stop_bulk_run, undo_bulk_run
from inbox.actions.label import TooManyLabels, labels_to_add
from inbox.bulk_report import build_report
from inbox.conversation_filters import ConversationFilters
from inbox.conversation_list import ConversationList
from inbox.forms.bulk import BulkAssignmentForm, SelectionForm
from inbox.forms.label import ConversationTeamForm, LabelsChangeForm, PriorityForm
from inbox.forms.snooze import SnoozeForm
from inbox.models import BulkRun, Conversation
from inbox.snooze_options import snooze_options
from inbox.views.conversation import join_errors, render_error
from teams.access import Permission, workspace_page
from teams.availability import in_workspace, with_availability

Operation = BulkRun.Operation


@require_GET
@workspace_page(Permission.ANSWER)
def bulk(request):
    """Show the bar that replaces the head of the list while conversations are selected."""
    workspace = request.workspace
    agents = BulkAssignmentForm(workspace=workspace).fields["assignee"].queryset
    agents = agents.select_related("user").order_by("user__name", "pk")
    context = {
        "agents": with_availability(in_workspace(agents, workspace)),
        "teams": workspace.teams.order_by("name"),
        "priorities": Conversation.Priority.choices,
        "labels": workspace.labels.all(),
        "snooze_options": snooze_options(request.membership),
    }
    return render(request, "inbox/_bulk_bar.html", context)


@require_GET
@workspace_page(Permission.ANSWER)
def bulk_count(request):
    """Return how many conversations of a list a run would change, and how many it can at most."""
    filters = ConversationFilters.from_query(request.GET)
    found = ConversationList(filters, request.membership).find_ids(MOST + 1)
    return JsonResponse({"count": min(len(found), MOST), "is_all": len(found) <= MOST})


@require_POST
@workspace_page(Permission.ANSWER, Permission.ASSIGN)
def bulk_assignment(request):
    form = BulkAssignmentForm(request.POST, workspace=request.workspace)
    return start(request, Operation.ASSIGN, form)


@require_POST
@workspace_page(Permission.ANSWER)
def bulk_labels(request):
    form = LabelsChangeForm(request.POST, workspace=request.workspace)
    return start(request, Operation.LABEL, form)


@require_POST
@workspace_page(Permission.ANSWER)
def bulk_priority(request):
    return start(request, Operation.PRIORITY, PriorityForm(request.POST))


@require_POST
@workspace_page(Permission.ANSWER, Permission.ASSIGN)
def bulk_team(request):
    form = ConversationTeamForm(request.POST, workspace=request.workspace)
    return start(request, Operation.TEAM, form)


@require_POST
@workspace_page(Permission.ANSWER, Permission.RESOLVE)
def bulk_snooze(request):
    return start(request, Operation.SNOOZE, SnoozeForm(request.POST, membership=request.membership))


@require_POST
@workspace_page(Permission.ANSWER, Permission.RESOLVE)
def bulk_wake(request):
    return start(request, Operation.WAKE)


@require_POST
@workspace_page(Permission.ANSWER, Permission.RESOLVE)
def bulk_resolution(request):
    return start(request, Operation.RESOLVE)


@require_POST
@workspace_page(Permission.ANSWER, Permission.RESOLVE)
def bulk_reopening(request):
    return start(request, Operation.REOPEN)


def start(request, operation, form=None):
    selection = SelectionForm(request.POST)
    for each in (selection, form):
        if each is not None and not each.is_valid():
            return render_error(request, join_errors(each), status=400)
    conversations, missing = selection.find_conversations(request.membership)
    if not conversations:
        problem = _("None of these conversations can be found any more. Reload the page.")
        return render_error(request, problem, status=409)
    try:
        params = build_params(form.cleaned_data, by=request.membership) if form else {}
        run = start_bulk_run(
            conversations,
            operation=operation,
            params=params,
            missing=missing,
            by=request.membership,
        )
    except (TooManyLabels, RunInProgress) as error:
        return render_error(request, str(error) or in_progress(), status=409)
    return render_run(request, run)


def build_params(data, *, by):
    """Return what a form chose as JSON, with ids instead of rows."""
    if "name" in data:
        add = labels_to_add(data["add"], data["name"], by=by)
        return {
            "add": sorted(str(each.pk) for each in add),
            "remove": sorted(str(each.pk) for each in data["remove"]),
        }
    if "until" in data:
        return {"until": data["until"].isoformat()}
    if "priority" in data:
        return {"priority": data["priority"]}
    [(name, row)] = data.items()
    return {name: str(row.pk) if row else None}


def in_progress():
    return _("Your last change of several conversations isn't finished yet. Wait for it.")


@require_GET
@workspace_page(Permission.ANSWER)
def bulk_run(request, run):
    """Show the progress of a run, or its report."""
    return render_run(request, find_run(request, run))


@require_POST
@workspace_page(Permission.ANSWER)
def bulk_stop(request, run):
    run = find_run(request, run)
    stop_bulk_run(run)
    return render_run(request, run)


@require_POST
@workspace_page(Permission.ANSWER)
def bulk_undo(request, run):
    try:
        run = undo_bulk_run(find_run(request, run))
    except RunInProgress:
        return render_error(request, in_progress(), status=409)
    if run is None:
        return render_error(request, _("It's too late to undo this."), status=409)
    return render_run(request, run)


def find_run(request, pk):
    return get_object_or_404(request.membership.bulk_runs, pk=pk)


def render_run(request, run):
    report = build_report(run, request.membership)
    has_undo = run.can_be_undone and report.changed
    context = {"run": run, "report": report, "has_undo": has_undo}
    return render(request, "inbox/_bulk_run.html", context)
