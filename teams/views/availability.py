from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from teams.access import ANY_MEMBER, workspace_page
from teams.actions import availability
from teams.presence import is_tab


@require_POST
@workspace_page(ANY_MEMBER)
def presence(request):
    return with_tab(request, availability.beat)


@require_POST
@workspace_page(ANY_MEMBER)
def presence_leave(request):
    return with_tab(request, availability.leave)


def with_tab(request, action):
    tab = request.POST.get("tab", "")
    if not is_tab(tab):
        return HttpResponseBadRequest()
    action(request.membership, tab=tab)
    return HttpResponse(status=204)


@require_POST
@workspace_page(ANY_MEMBER)
def away(request):
    availability.go_away(request.membership)
    return back_to_page(request)


@require_POST
@workspace_page(ANY_MEMBER)
def back(request):
    availability.come_back(request.membership)
    return back_to_page(request)


def back_to_page(request):
    if request.htmx:
        return HttpResponse(status=204)
    return redirect("conversations", request.workspace.slug)
