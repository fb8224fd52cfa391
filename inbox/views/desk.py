"""The agents' desk: the lists, one open conversation, and requests with which a page catches up."""

from hashlib import blake2b
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from inbox.actions.draft import drafts_of, numbers_with_draft
from inbox.conversation_filters import STATUSES, ConversationFilters
from inbox.conversation_list import PAGE_SIZE, ConversationList
from inbox.desk_counts import load_counts, load_for_list
from inbox.filter_form import build_chips, build_fields
from inbox.followers import list_followers
from inbox.list_order import ORDERS
from inbox.member_choices import attach_people
from inbox.member_queries import find_for, find_values
from inbox.models import ContactNote, Conversation, Inbox
from inbox.receipt import get_receipt
from inbox.related_rows import attach_labels
from inbox.reply_variables import VALUES
from inbox.sidebar import (
    TEAM,
    fold_inboxes,
    fold_members,
    load_inboxes,
    load_team,
    load_views,
)
from inbox.snooze_options import snooze_options
from inbox.timeline import (
    entries_after,
    entries_around,
    later_entries,
    later_than,
    latest_entries,
)
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.text import parse_number
from teams.access import Permission, workspace_page
from teams.models import Team


def find_conversation(request, number):
    """Return a conversation that the member may see, or raise Http404."""
    if number <= LARGEST_NUMBER:
        for conversation in find_for(request.membership, visible_by_number, number=number):
            return conversation
    raise Http404


LARGEST_NUMBER = 2**31 - 1  # that the column can hold


def visible_by_number(membership, number):
    return Conversation.objects.visible_to(membership).with_related().filter(number=number)


@require_GET
@workspace_page(Permission.ANSWER)
@vary_on_headers("HX-Request", "HX-Target")
def desk(request, number=None):
    """Show the whole page, or only the part that a click on a row or a view replaces."""
    target = request.htmx.target
    if number is not None and target == "div#conversation":
        conversation = find_conversation(request, number)
        context = conversation_context(conversation, request.membership, wanted_entry(request))
        return render(request, "inbox/_conversation.html", context)
    counts, open_counts, drafts = load_for_list(request.membership)
    inboxes = load_inboxes(request.membership, open_counts)
    filters = ConversationFilters.from_query(request.GET)
    # A chip names the member that the list is filtered by, who may be offline.
    team = load_team(request.workspace) if filters.assignee or filters.owner else None
    folded_team = None if target == "div#listing" else fold_members(request.workspace, team)
    known = team or (folded_team.shown if folded_team else ())
    views = load_views(request.membership)
    shown_view = next((each for each in views if each.filters == filters), None)
    context = {
        "counts": counts,
        "inboxes": inboxes,
        "folded_inboxes": fold_inboxes(inboxes, filters.inbox),
        "inbox": next((each for each in inboxes if each.pk == filters.inbox), None),
        "folded_team": folded_team,
        "saved_views": views,
        "saved_view": shown_view,
        "current": "" if shown_view or filters.inbox else filters.view_name,
        "can_edit_view": shown_view and shown_view.can_be_edited_by(request.membership),
        "order": filters.order_query,
        "max_file_bytes": settings.MAX_FILE_BYTES,
        "needs_snippet": needs_snippet(request.membership, inboxes, counts),
    }
    context |= list_context(request, filters, drafts, inboxes=inboxes, members=known)
    context["chips"] = build_chips(
        filters, request.workspace, inboxes=inboxes, members=known, rows=context["rows"]
    )
    context["statuses"] = [
        (status, label, filters.query_with(status=status)) for status, label in STATUSES.items()
    ]
    if target == "div#listing":
        return render(request, "inbox/_listing.html", context)
    if number is not None:
        conversation = find_conversation(request, number)
        context |= conversation_context(conversation, request.membership, wanted_entry(request))
    return render(request, "inbox/desk.html", context)


def needs_snippet(membership, inboxes, counts):
    """Return whether nothing can arrive before the member has added the chat to a website."""
    if not membership.can_manage_inboxes or not inboxes:
        return False
    return not inboxes[0].first_embedded_at and not counts["all"]


def wanted_entry(request):
    """Return the seq of the entry that a link leads to, however far back, or None."""
    return parse_number(request.GET.get("entry", ""))


TEAMS = PreparedQuery(
    lambda workspace: Team.objects.filter(workspace=workspace).order_by("name"), workspace=UUID
)
LAST_NOTE = PreparedQuery(
    lambda contact: (
        ContactNote.objects.filter(contact=contact)
        .select_related("author__user")
        .order_by("-pk")[:1]
    ),
    contact=UUID,
)


def list_context(request, filters, drafts, **known):
    rows = ConversationList(filters, request.membership).get_page(
        request.GET.get("before", ""), **known
    )
    has_more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    context = {
        "filters": filters,
        "view": filters.view,
        "status": filters.status,
        "rows": rows,
        "drafts_in": list(dict.fromkeys(drafts)),
        "next_before": filters.list_order.position_of(rows[-1]) if has_more else "",
    }
    html = render_to_string("inbox/_rows.html#page", context, request)
    version = blake2b(html.encode(), digest_size=8).hexdigest()
    return context | {"page_of_rows": html, "version": version}


def conversation_context(conversation, membership, entry=None):
    people = attach_people(conversation, membership)
    teams = TEAMS.all(workspace=conversation.workspace_id)
    for team in teams:
        if team.pk == conversation.team_id:
            conversation.team = team
    attach_labels([conversation, conversation.contact])
    latest = latest_entries(conversation, members=people.values())
    entries = latest
    if entry is not None and latest and entry < latest[0].seq:
        entries = entries_around(conversation, entry)
    return {
        "conversation": conversation,
        "entries": entries,
        "later_than": None if entries is latest else later_than(entries, conversation),
        "drafts": drafts_of(membership, conversation),
        "receipt": get_receipt(conversation, latest),
        # Of both, the page loads the others when one is about to be chosen.
        "agents": (),
        "owners": (),
        "is_assignable": people[membership.pk].is_assignable,
        "followers": list_followers(conversation),
        "reply_variables": " ".join(VALUES),
        "contact_note": LAST_NOTE.first(contact=conversation.contact_id),
        "snooze_options": snooze_options(membership),
        "teams": teams,
        "priorities": Conversation.Priority.choices,
        "earlier": find_for(
            membership,
            with_same_contact,
            inbox=conversation.inbox_id,
            contact=conversation.contact_id,
            conversation=conversation.pk,
        ),
    }


def with_same_contact(membership, inbox, contact, conversation):
    others = Conversation.objects.visible_to(membership).exclude(pk=conversation)
    return others.filter(inbox=inbox, contact=contact).order_by("-number")[:5]


@require_GET
@workspace_page(Permission.ANSWER)
def conversation_rows(request):
    """Show one page of the list, or 204 if the page already shows the version in ?version=."""
    drafts = find_values(request.membership, drafts=numbers_with_draft)["drafts"]
    context = list_context(request, ConversationFilters.from_query(request.GET), drafts)
    if request.GET.get("version") == context["version"]:
        return HttpResponse(status=204)
    return render(request, "inbox/_rows.html", context)


@require_GET
@workspace_page(Permission.ANSWER)
def conversation_filters(request):
    """Show the form that filters and sorts the list, as a page or within the list."""
    filters = ConversationFilters.from_query(request.GET)
    inboxes = Inbox.objects.visible_to(request.membership).order_by("name", "pk")
    team = TEAM.all(workspace=request.workspace.pk)
    context = {
        "filters": filters,
        "fields": build_fields(filters, request.workspace, inboxes=inboxes, members=team),
        "orders": ORDERS,
    }
    return render(request, "inbox/filters.html" + ("#form" if request.htmx else ""), context)


@require_GET
@workspace_page(Permission.ANSWER)
def conversation_counts(request):
    """Return the counts beside the views and the running timers, which a page checks regularly.

    With ?people, also the presence of all members: 137 KB for a thousand, so a page asks for it
    only after a gap.
    """
    data = load_counts(request.membership)
    if "people" in request.GET:
        data["people"] = [
            {"membership": str(member.pk), "state": member.presence, "sentence": member.sentence}
            for member in load_team(request.workspace)
        ]
    return JsonResponse(data)


@require_GET
@workspace_page(Permission.ANSWER)
def entries(request, number):
    """Return the entries after ?after=SEQ, for a page whose stream has just (re)connected.

    ?before=SEQ returns a page of earlier ones, for an agent who scrolls up, and ?later=SEQ one of
    later ones, for an agent who came to an entry far back.
    """
    conversation = find_conversation(request, number)
    before, later = request.GET.get("before"), request.GET.get("later")
    positions = [before, later, request.GET.get("after", "0")]
    seq = parse_number(next(each for each in positions if each is not None))
    if seq is None:
        raise Http404
    context = {"conversation": conversation}
    if later is not None:
        found = later_entries(conversation, seq)
        context |= {"entries": found, "later_than": later_than(found, conversation)}
        return render(request, "inbox/_entries.html", context)
    if before is not None:
        context |= {"entries": latest_entries(conversation, seq), "is_earlier": True}
        return render(request, "inbox/_entries.html", context)
    revision = parse_number(request.GET.get("revision", "0"))
    missed = entries_after(conversation, seq, revision)
    context |= {"entries": missed, "receipt": get_receipt(conversation, missed)}
    return render(request, "inbox/_entries.html#with_receipt", context)
