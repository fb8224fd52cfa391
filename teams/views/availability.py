"""Heartbeats of open pages, and the two switches of the user menu."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from teams.access import ANY_MEMBER, Permission, workspace_page
from teams.actions import availability
from teams.context import my_availability, my_open_count
from teams.models import Membership
from teams.presence import is_tab
from teams.sessions import session_name


@require_POST
@workspace_page(ANY_MEMBER)
def presence(request):
    return handle_tab(request, availability.record_heartbeat)


@require_POST
@workspace_page(ANY_MEMBER)
def presence_leave(request):
    return handle_tab(request, availability.close_tab)


def handle_tab(request, action):
    tab = request.POST.get("tab", "")
    if not is_tab(tab):
        return HttpResponseBadRequest()
    action(request.membership, tab=tab, session=session_name(request))
    return HttpResponse(status=204)


@require_POST
@workspace_page(ANY_MEMBER)
def away(request):
    availability.set_away(request.membership)
    return render_my_status(request)


@require_POST
@workspace_page(ANY_MEMBER)
def available(request):
    availability.set_available(request.membership)
    return render_my_status(request)


@require_POST
@workspace_page(Permission.ANSWER)
def reassign_replies(request):
    availability.set_reassign_replies(request.membership, True)
    return render_my_status(request)


@require_POST
@workspace_page(Permission.ANSWER)
def keep_replies(request):
    availability.set_reassign_replies(request.membership, False)
    return render_my_status(request)


def render_my_status(request):
    """Return the member's status as JSON to scripts, and redirect to the start page otherwise."""
    if request.htmx or not request.accepts("text/html"):
        me = Membership.objects.with_related().get(pk=request.membership.pk)
        current = my_availability(me)
        return JsonResponse(
            {
                "membership": str(me.pk),
                "state": current.presence,
                "sentence": current.sentence,
                "open": my_open_count(me),
            }
        )
    return redirect("workspace", request.workspace.slug)
