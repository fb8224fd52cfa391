"""Am I there? Heartbeats of open pages, and the two switches in the menu at the top right."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from teams.access import ANY_MEMBER, Permission, workspace_page
from teams.actions import availability
from teams.context import my_availability, my_open_count
from teams.models import Membership
from teams.presence import is_tab
from teams.receivers import session_name


@require_POST
@workspace_page(ANY_MEMBER)
def presence(request):
    return with_tab(request, availability.record_heartbeat)


@require_POST
@workspace_page(ANY_MEMBER)
def presence_leave(request):
    return with_tab(request, availability.leave)


def with_tab(request, action):
    tab = request.POST.get("tab", "")
    if not is_tab(tab):
        return HttpResponseBadRequest()
    action(request.membership, tab=tab, session=session_name(request))
    return HttpResponse(status=204)


@require_POST
@workspace_page(ANY_MEMBER)
def away(request):
    availability.set_away(request.membership)
    return my_state(request)


@require_POST
@workspace_page(ANY_MEMBER)
def back(request):
    availability.set_available(request.membership)
    return my_state(request)


@require_POST
@workspace_page(Permission.ANSWER)
def reassign_replies(request):
    availability.set_reassign_replies(request.membership, True)
    return my_state(request)


@require_POST
@workspace_page(Permission.ANSWER)
def keep_replies(request):
    availability.set_reassign_replies(request.membership, False)
    return my_state(request)


def my_state(request):
    """What I am now: for scripts as JSON, else the first page shows it."""
    if request.htmx or not request.accepts("text/html"):
        me = Membership.objects.with_related().get(pk=request.membership.pk)
        now = my_availability(me)
        return JsonResponse(
            {
                "membership": str(me.pk),
                "state": now.state,
                "sentence": now.sentence,
                "open": my_open_count(me),
            }
        )
    return redirect("workspace", request.workspace.slug)
