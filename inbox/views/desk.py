"""The agents' desk: lists, one open conversation, and what a screen asks to catch up."""

from hashlib import blake2b

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from inbox.forms import assignable_to, owner_choices
from inbox.conversation_list import PAGE, ListChoice, counts, inboxes_with_open_counts, timers
from inbox.models import Conversation, Inbox
from inbox.receipt import receipt_of
from inbox.snooze_options import snooze_options
from inbox.timeline import entries_after, latest_entries
from messagehub.lib.live import tickets
from messagehub.lib.text import parse_number
from teams.access import ANY_MEMBER, Permission, workspace_page
from teams.availability import with_availability
from teams.receivers import session_subject

# Heard live by one page; what happens in further ones comes with the next look at the list.
MOST_INBOXES = 200
# Conversations that are open in different tabs of one browser (MOST in static/live/relay.js).
MOST_TOGETHER = 12


def find_conversation(request, number):
    """A conversation this person may see; for everybody else it does not exist."""
    found = Conversation.objects.visible_to(request.membership).with_related()
    return get_object_or_404(found, number=number)


@require_GET
@workspace_page(Permission.ANSWER)
@vary_on_headers("HX-Request", "HX-Target")
def desk(request, number=None):
    """The whole page, or the part that a click on a row or a view replaces."""
    target = request.htmx.target
    if number is not None and target == "div#conversation":
        conversation = find_conversation(request, number)
        context = conversation_context(conversation, request.membership)
        return render(request, "inbox/_conversation.html", context)
    context = list_context(request, ListChoice.from_query(request.GET))
    context |= {
        "counts": counts(request.membership),
        "inboxes": inboxes_with_open_counts(request.membership),
        "team": team(request.workspace),
    }
    if target == "div#listing":
        return render(request, "inbox/_listing.html", context)
    if number is not None:
        conversation = find_conversation(request, number)
        context |= conversation_context(conversation, request.membership)
    return render(request, "inbox/desk.html", context)


def team(workspace):
    """Everybody of the workspace, with the dot that says whether they are there."""
    members = workspace.memberships.active().with_person().order_by("user__name", "pk")
    return with_availability(members)


def list_context(request, choice):
    rows = choice.page(request.membership, request.GET.get("before", ""))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    context = {
        "choice": choice,
        "view": choice.view,
        "status": choice.status,
        "rows": rows,
        "next_before": rows[-1].last_activity_at.isoformat() if more else "",
    }
    html = render_to_string("inbox/_rows.html#page", context, request)
    known = blake2b(html.encode(), digest_size=8).hexdigest()
    return context | {"page_of_rows": html, "known": known}


def conversation_context(conversation, membership):
    owners = owner_choices(conversation.contact)
    able = set(assignable_to(conversation).values_list("pk", flat=True))
    for person in owners:
        person.is_outsider = person.pk not in able
    # Whoever can have it can own its contact: read once, of a large workspace they are a thousand.
    people = with_availability([each for each in owners if not each.is_outsider])
    known = {person.pk: person for person in people}
    assignee = conversation.assignee
    if assignee is not None:
        conversation.assignee = known.get(assignee.pk) or with_availability([assignee])[0]
    earlier = Conversation.objects.visible_to(membership).filter(
        inbox=conversation.inbox_id, contact=conversation.contact_id
    )
    latest = latest_entries(conversation)
    return {
        "conversation": conversation,
        "entries": latest,
        "receipt": receipt_of(conversation, latest),
        "people": people,
        "owners": owners,
        "moments": moments(membership),
        "earlier": earlier.exclude(pk=conversation.pk).order_by("-number")[:5],
    }


@require_GET
@workspace_page(Permission.ANSWER)
def conversation_rows(request):
    """One page of the list. ?version=: what the screen has, unchanged since it came: nothing is sent
    when that is still so."""
    context = list_context(request, ListChoice.from_query(request.GET))
    if request.GET.get("version") == context["known"]:
        return HttpResponse(status=204)
    return render(request, "inbox/_rows.html", context)


@require_GET
@workspace_page(Permission.ANSWER)
def conversation_counts(request):
    """The figures beside the views: what a screen checks now and then.

    ?people: and who is there, which it asks after a gap; of a thousand that is 137 KB.
    """
    found = counts(request.membership) | {"timers": timers(request.membership)}
    if "people" in request.GET:
        found["people"] = [
            {"membership": str(each.pk), "state": each.presence, "sentence": each.sentence}
            for each in team(request.workspace)
        ]
    return JsonResponse(found)


@require_GET
@workspace_page(Permission.ANSWER)
def entries(request, number):
    """Everything after ?after=SEQ: what a screen asks for when its stream is open (again).

    ?before=SEQ: some of what is further up, for whoever scrolls there.
    """
    conversation = find_conversation(request, number)
    before = request.GET.get("before")
    seq = parse_number(request.GET.get("after", "0") if before is None else before)
    if seq is None:
        raise Http404
    context = {"conversation": conversation}
    if before is not None:
        context |= {"entries": latest_entries(conversation, seq), "is_earlier": True}
        return render(request, "inbox/_entries.html", context)
    missed = entries_after(conversation, seq)
    context |= {"entries": missed, "receipt": receipt_of(conversation, missed)}
    return render(request, "inbox/_entries.html#with_receipt", context)


@require_POST
@workspace_page(Permission.ANSWER)
def live_ticket(request):
    """What the pages of one browser may hear: decided here, at the moment of asking.

    They share a stream. A conversation that the member may not see is refused without taking the
    stream from the pages that show others.
    """
    membership = request.membership
    sees_all = membership.can(Permission.SEE_ALL)
    channels = [f"workspace:{request.workspace.pk}", membership.live_channel]
    subjects = [f"membership:{membership.pk}", session_subject(request)]
    inboxes = Inbox.objects.visible_to(membership).order_by("created_at")[:MOST_INBOXES]
    channels += [each.live_channel if sees_all else each.queue_channel for each in inboxes]
    if not sees_all:
        channels.append(f"restricted:{membership.pk}")
    asked = set(request.POST.getlist("conversation")) - {""}
    numbers = {parse_number(each) for each in asked}
    if None in numbers or len(numbers) > MOST_TOGETHER:
        raise Http404
    found = Conversation.objects.visible_to(membership).filter(number__in=numbers)
    for conversation in found.order_by("number") if numbers else ():
        channels.append(conversation.live_channel)
        numbers.remove(conversation.number)
        if not sees_all:
            subjects.append(conversation.restricted_subject)
    issued = tickets.issue(channels=channels, subjects=subjects)
    return JsonResponse({"ticket": issued, "refused": [str(number) for number in sorted(numbers)]})


FIRST_PAGES = [
    (Permission.ANSWER, "conversations"),
    (Permission.CHANGE_SETTINGS, "general"),
    (Permission.MANAGE_TEAM, "team-members"),
    (Permission.MANAGE_INBOXES, "inboxes"),
    (Permission.SEE_REPORTS, "routing-board"),
    (Permission.SEE_AUDIT_LOG, "audit-log"),
]


@require_GET
@workspace_page(ANY_MEMBER)
def workspace_home(request):
    """The first page that this person's role lets them see."""
    for permission, page in FIRST_PAGES:
        if request.membership.can(permission):
            return redirect(page, request.workspace.slug)
    raise PermissionDenied
