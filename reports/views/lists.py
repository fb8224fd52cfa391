"""What a figure was computed from, and the CSV files."""

from django.views.decorators.http import require_GET

from inbox.models import Message
from messagehub.lib.downloads import announce_download
from messagehub.lib.text import parse_number
from reports.export import conversation_rows, csv_response, table_response
from reports.figures import FIGURES, RATINGS, REPLIES, Measure
from reports.filters import Filters
from reports.measuring import large_queries, measure
from reports.table import Cell, cells_of
from reports.tables import TABLES
from reports.views.pages import render_report
from teams.access import Permission, workspace_page

PAGE_SIZE = 50


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def figure_list(request):
    """List what a figure counts, the longest durations first."""
    filters = Filters(request.membership, request.GET)
    figure = FIGURES.get(request.GET.get("figure", ""), FIGURES["new"])
    page = parse_number(request.GET.get("page", "1"), digits=5) or 1
    facts = listed_facts(figure, filters)
    with large_queries():
        values = measure(figure.select(filters.facts()), [figure.name], column=filters.column)
        [cell] = cells_of(filters, [figure.name], values.get((), {}))
        rows = list(facts[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
        count = cell.value if figure.unit == "count" else facts.count()
    if request.membership.can(Permission.ANSWER):
        attach_comments(rows)
    for fact in rows:
        fact.duration_text = Cell(getattr(fact, filters.column), "seconds").text
        fact.has_member = fact.member_id is not None or fact.kind in REPLIES
    context = {
        "figure": figure,
        "page_of_figure": page_of(figure),
        "cell": cell,
        "count": count,
        "rows": rows[:PAGE_SIZE],
        "next_page": page + 1 if len(rows) > PAGE_SIZE else None,
    }
    return render_report(request, "reports/list.html", filters, **context)


def attach_comments(facts):
    """Give each rating what the contact wrote with it."""
    rated = {(fact.conversation_id, fact.seq): fact for fact in facts if fact.kind in RATINGS}
    if not rated:
        return
    entries = Message.objects.filter(
        conversation__in={conversation for conversation, _seq in rated},
        seq__in={seq for _conversation, seq in rated},
        activity=Message.Activity.RATED,
    )
    for conversation, seq, details in entries.values_list("conversation", "seq", "details"):
        if (conversation, seq) in rated:
            rated[conversation, seq].comment = details["comment"]


ROUTING = {"assigned", "timed_out", "unassigned", "decisions"}


def page_of(figure):
    """Return the name of the page that shows the figure first, to go back to."""
    if figure.name.startswith(("queue", "lead")) or figure.name in ROUTING:
        return "reports-routing"
    if figure.name in ("handled", "replies", "handed_over"):
        return "reports-agents"
    return "reports-conversations"


def listed_facts(figure, filters):
    facts = figure.select(filters.facts())
    if figure.measure == Measure.CONVERSATIONS:
        latest = facts.order_by("conversation", "-at", "-seq").distinct("conversation")
        facts = filters.visible_facts.filter(pk__in=latest.values("pk"))
    if figure.is_duration:
        # Without a duration it isn't part of the figure.
        facts = facts.filter(**{f"{filters.column}__isnull": False})
        facts = facts.order_by(f"-{filters.column}", "-at", "-pk")
    else:
        facts = facts.order_by("-at", "-pk")
    return facts.select_related("conversation__contact", "inbox", "member__user")


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def table_csv(request):
    filters = Filters(request.membership, request.GET)
    name = request.GET.get("table", "")
    name = name if name in TABLES else "days"
    with large_queries():
        table = TABLES[name](filters)
    return announce_download(request, table_response(table, csv_name(filters, name)))


@require_GET
@workspace_page(Permission.SEE_REPORTS)
def conversations_csv(request):
    filters = Filters(request.membership, request.GET)
    response = csv_response(conversation_rows(filters), csv_name(filters, "conversations"))
    return announce_download(request, response)


def csv_name(filters, name):
    period = filters.period
    return f"{filters.workspace.slug}-{name}-{period.first}-{period.last}.csv"
