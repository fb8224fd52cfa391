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
    with large_queries():
        facts = listed_facts(figure, filters)
        values = measure(facts, [figure.name], column=filters.column)
        [cell] = cells_of(filters, [figure.name], values.get((), {}))
        start = (page - 1) * PAGE_SIZE
        keys = find_keys(facts, figure, filters.column, start, start + PAGE_SIZE + 1)
        rows = load_facts(filters, keys[:PAGE_SIZE])
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
        "rows": rows,
        "next_page": page + 1 if len(keys) > PAGE_SIZE else None,
    }
    return render_report(request, "reports/list.html", filters, **context)


def attach_comments(facts):
    """Set the comment that the contact wrote with each rating."""
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
    # Without a duration it isn't part of the figure.
    return facts.filter(**{f"{filters.column}__isnull": False}) if figure.is_duration else facts


KEY = ("conversation", "kind", "at")
NEWEST_FIRST = ("-at", "-conversation")


def find_keys(facts, figure, column, start, stop) -> list[tuple]:
    """Return the keys of this part of the list, read from the index of the facts alone."""
    if figure.is_duration:
        facts = facts.order_by(f"-{column}", *NEWEST_FIRST)
        return list(facts.values_list(*KEY)[start:stop])
    if figure.measure != Measure.CONVERSATIONS:
        return find_newest(facts, figure.kinds, start, stop)
    # The latest fact of each conversation.
    size = stop
    while True:
        size *= 4
        newest = find_newest(facts, figure.kinds, 0, size)
        latest = {key[0]: key for key in reversed(newest)}
        if len(latest) >= stop or len(newest) < size:
            return sorted(latest.values(), key=newest_first)[start:stop]


def find_newest(facts, kinds, start, stop):
    """Return the keys of this part of the facts. The index has an order for each kind."""
    parts = [
        facts.filter(kind=kind).order_by(*NEWEST_FIRST).values_list(*KEY)[:stop] for kind in kinds
    ]
    first, *others = parts
    keys = first.union(*others, all=True).order_by(*NEWEST_FIRST) if others else first
    return list(keys[start:stop])


def newest_first(key):
    conversation, _kind, at = key
    return -at.timestamp(), -conversation.int


def load_facts(filters, keys):
    """Return the facts in the order of the keys, without those deleted in the meantime."""
    if not keys:
        return []
    conversations, kinds, times = map(set, zip(*keys, strict=True))
    facts = filters.visible_facts.filter(conversation__in=conversations, kind__in=kinds)
    facts = facts.filter(at__in=times)
    facts = facts.select_related("conversation__contact", "inbox", "member__user")
    by_key = {(each.conversation_id, each.kind, each.at): each for each in facts}
    return [by_key[key] for key in keys if key in by_key]


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
