"""The pages of the reports. Each asks for its sections once it is shown."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from reports.change import cards
from reports.filters import Filters
from reports.measuring import large_queries
from reports.models import Recording
from reports.periods import Preset
from reports.sections import SECTIONS
from routing.board import Board
from teams.access import Permission, workspace_page


def render_report(request, template, filters, **context):
    """Render with what all pages show. Times are those of the workspace, like the days."""
    context |= {
        "filters": filters,
        "period": filters.period,
        "presets": Preset,
        "recorded_up_to": Recording.up_to(),
        "has_facts": filters.visible_facts.exists(),
        "can_answer": request.membership.can(Permission.ANSWER),
    }
    with timezone.override(request.workspace.zone):
        return render(request, template, context)


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def overview(request):
    filters = Filters(request.membership, request.GET)
    board = Board(request.membership, filters.inbox)
    with large_queries():
        shown = cards(filters)
    context = {"board": board, "cards": shown, "sections": ["compared"]}
    return render_report(request, "reports/overview.html", filters, **context)


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def now(request):
    """The part of the overview that refreshes itself."""
    filters = Filters(request.membership, request.GET)
    board = Board(request.membership, filters.inbox)
    return render_report(request, "reports/_now.html", filters, board=board)


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def conversations(request):
    names = ["days", "times", "weekdays", "inboxes", "labels"]
    names += ["teams", "conversation-teams", "agents"]
    return render_sections(request, "reports/conversations.html", names)


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def agents(request):
    return render_sections(request, "reports/agents.html", ["agent-work", "agents"])


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def routing(request):
    return render_sections(request, "reports/routing.html", ["queue", "rules", "fairness"])


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def inboxes(request):
    return render_sections(request, "reports/inboxes.html", ["inboxes", "inbox-load"])


def render_sections(request, template, names):
    filters = Filters(request.membership, request.GET)
    rows = {
        "teams": filters.teams,
        "conversation-teams": filters.conversation_teams,
        "labels": filters.all_labels,
    }
    names = [name for name in names if rows.get(name, True)]
    return render_report(request, template, filters, sections=names)


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def section(request):
    filters = Filters(request.membership, request.GET)
    make = SECTIONS.get(request.GET.get("section", ""), SECTIONS["days"])
    with large_queries():
        made = make(filters)
    return render_report(request, "reports/_section.html", filters, section=made)
