"""My settings in this workspace: office hours and email notifications."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from teams.access import ANY_MEMBER, workspace_page
from teams.account_frame import remember_workspace
from teams.actions.availability import set_hours
from teams.actions.notifications import set_notifications
from teams.availability import with_availability
from teams.forms import form_data
from teams.forms.hours import MemberHoursForm
from teams.forms.schedule import NotificationsForm
from teams.upcoming_hours import open_until, upcoming_hours


@require_http_methods(["GET", "POST"])
@workspace_page(ANY_MEMBER)
def my_hours(request):
    me = request.membership
    form = MemberHoursForm(form_data(request), membership=me, by=me)
    if request.method == "POST" and form.is_valid():
        time_zone = form.cleaned_data["time_zone"]
        set_hours(me, hours=form.stored, time_zone=time_zone, by=me)
        messages.success(request, _("Saved."))
        return redirect("my-hours", request.workspace.slug)
    context = {"form": form} | schedule_context(me)
    return render(request, "teams/my_hours.html", context, status=400 if form.errors else 200)


def schedule_context(person):
    """Return the stored schedule of today and the next days, whatever the form holds."""
    now, hours = timezone.now(), person.office_hours
    return {
        "person": with_availability([person])[0],
        "open_until": open_until(hours, now),
        "coming": upcoming_hours(hours, now),
    }


@require_http_methods(["GET", "POST"])
@workspace_page(ANY_MEMBER)
def my_notifications(request):
    me = request.membership
    form = NotificationsForm.of(me, form_data(request))
    if request.method == "POST" and form.is_valid():
        set_notifications(me, **form.cleaned_data, by=me)
        messages.success(request, _("Saved."))
        return redirect("my-notifications", request.workspace.slug)
    status = 400 if form.errors else 200
    return render(request, "teams/my_notifications.html", {"form": form}, status=status)


@require_GET
@workspace_page(ANY_MEMBER)
def my_account(request):
    """Open the account pages, which keep the frame of the workspace they were opened from."""
    remember_workspace(request)
    return redirect("account_email")
