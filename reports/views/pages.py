"""The pages of the reports. Each shows tables that its CSV files have, too."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from reports import page_charts, tables
from reports.change import cards
from reports.filters import Filters
from reports.models import Recording
from reports.periods import Preset
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
    shown = cards(filters)
    context = {
        "board": Board(request.membership, filters.inbox),
        "cards": shown,
        "charts": page_charts.overview_charts(filters, shown),
        "tables": [tables.days(filters)],
    }
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
    filters = Filters(request.membership, request.GET)
    names = ["times", "days", "inboxes", "teams", "agents"]
    charts = page_charts.conversation_charts(filters)
    return render_tables(request, "reports/conversations.html", filters, names, charts=charts)


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def agents(request):
    filters = Filters(request.membership, request.GET)
    table = tables.work(filters)
    columns = [tables.WORK.index(name) for name in ("replies", "first_reply_median")]
    charts = [page_charts.bars_of_table(table, column) for column in columns]
    return render_report(request, "reports/agents.html", filters, tables=[table], charts=charts)


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def routing(request):
    filters = Filters(request.membership, request.GET)
    charts = page_charts.routing_charts(filters)
    names = ["queue", "rules", "fairness"]
    return render_tables(request, "reports/routing.html", filters, names, charts=charts)


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def inboxes(request):
    filters = Filters(request.membership, request.GET)
    return render_tables(request, "reports/inboxes.html", filters, ["inboxes", "inbox-load"])


def render_tables(request, template, filters, names, **context):
    found = [tables.TABLES[name](filters) for name in names]
    return render_report(request, template, filters, tables=found, **context)
