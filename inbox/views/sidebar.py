"""All inboxes and members beside the desk's list, for a workspace where the page folds them."""

from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from inbox.conversation_filters import ConversationFilters
from inbox.desk_counts import count_open
from inbox.sidebar import load_inboxes, load_team, rank_inboxes
from teams.access import Permission, workspace_page


@require_GET
@workspace_page(Permission.ANSWER)
@vary_on_headers("HX-Request")
def inboxes(request):
    """Show the inboxes in place of those shown first, or as a page without scripts."""
    filters = ConversationFilters.from_query(request.GET)
    _by_view, open_counts = count_open(request.membership)
    rows = rank_inboxes(load_inboxes(request.membership, open_counts))
    return render_list(request, "inboxes", rows, filters)


@require_GET
@workspace_page(Permission.ANSWER)
@vary_on_headers("HX-Request")
def members(request):
    """Show the members in place of those who are online, or as a page without scripts."""
    filters = ConversationFilters.from_query(request.GET)
    return render_list(request, "members", load_team(request.workspace), filters)


def render_list(request, name, rows, filters):
    context = {
        "list": name,
        "rows": rows,
        "filters": filters,
        "order": filters.order_query,
    }
    return render(request, "inbox/sidebar.html" + ("#list" if request.htmx else ""), context)
