"""The Routing and Availability tabs of an inbox's settings."""

from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from inbox.views.inbox import find_inbox, redirect_after_save, render_tab
from routing.actions.settings import save_availability, save_routing
from routing.board_version import unless_unchanged
from routing.forms import ReplyForm, RoutingForm
from routing.models import Routing
from routing.panel import closed_sentence, who_would_get_it
from teams.access import Permission, workspace_page
from teams.forms import form_data
from teams.forms.hours import HoursForm


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def routing(request, inbox):
    """Edit the routing settings. ?copy= fills the form with settings tried in the simulator."""
    inbox = find_inbox(request, inbox)
    stored = Routing.objects.of(inbox)
    form = RoutingForm(posted_or_copy(request), inbox=inbox, routing=stored)
    if request.method == "POST" and form.is_valid():
        save_routing(inbox, **form.cleaned_data, by=request.membership)
        return redirect_after_save(request, "inbox-routing", inbox)
    return render_tab(
        request, "routing/settings.html", inbox, form, **panel_context(inbox, stored, form)
    )


def posted_or_copy(request):
    is_copy = request.method == "GET" and "copy" in request.GET
    return request.GET if is_copy else form_data(request)


@require_GET
@workspace_page(Permission.MANAGE_INBOXES)
@unless_unchanged
def candidates(request, inbox):
    """Show who would get a conversation now, by the stored settings or those in the form."""
    inbox = find_inbox(request, inbox)
    stored = Routing.objects.of(inbox)
    form = RoutingForm(request.GET or None, inbox=inbox, routing=stored)
    context = {"inbox": inbox} | panel_context(inbox, stored, form)
    return render(request, "routing/_panel.html", context)


def panel_context(inbox, stored, form):
    """Use the settings in the form if they are valid and differ from the stored ones."""
    is_preview = form.is_valid() and form.has_changed()
    routing = form.routing if is_preview else stored
    targets = form.active_targets if is_preview else None
    panel = who_would_get_it(inbox, routing, targets)
    has_field_errors = any(field.errors for field in form)  # but not an edit conflict
    return {
        "panel": panel,
        "routing": routing,
        "is_preview": is_preview,
        "has_field_errors": has_field_errors,
    }


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_INBOXES)
def availability(request, inbox):
    """Edit the opening hours and when a contact who has left gets the reply by email."""
    inbox = find_inbox(request, inbox)
    holidays = inbox.workspace.holidays
    hours = HoursForm(form_data(request), stored=inbox.hours, holidays=holidays)
    reply = ReplyForm(form_data(request), routing=Routing.objects.of(inbox))
    if request.method == "POST" and hours.is_valid() and reply.is_valid():
        save_availability(inbox, hours=hours.stored, **reply.cleaned_data, by=request.membership)
        return redirect_after_save(request, "inbox-availability", inbox)
    context = {"reply": reply, "closed": closed_sentence(inbox)}
    return render_tab(request, "routing/availability.html", inbox, hours, reply, **context)
