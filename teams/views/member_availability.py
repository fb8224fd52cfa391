"""Away, office hours and capacity of a member, set by an administrator."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from teams.access import Permission, workspace_page
from teams.actions.availability import set_available, set_away, set_capacity, set_hours
from teams.forms import form_data
from teams.forms.hours import MemberHoursForm
from teams.forms.schedule import CapacityForm
from teams.views.members import find_member, render_member
from teams.views.my_settings import schedule_context


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def member_away(request, member):
    person = find_member(request, member)
    if set_away(person, by=request.membership):
        messages.success(request, _("%(name)s is now away.") % {"name": person})
    return redirect("member", request.workspace.slug, person.pk)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def member_available(request, member):
    person = find_member(request, member)
    if set_available(person, by=request.membership):
        messages.success(request, _("%(name)s is no longer away.") % {"name": person})
    return redirect("member", request.workspace.slug, person.pk)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def member_hours(request, member):
    person = find_member(request, member)
    form = MemberHoursForm(form_data(request), membership=person, by=request.membership)
    if request.method == "POST" and form.is_valid():
        time_zone = form.cleaned_data["time_zone"]
        set_hours(person, hours=form.stored, time_zone=time_zone, by=request.membership)
        messages.success(request, _("Saved the office hours of %(name)s.") % {"name": person})
        return redirect("member", request.workspace.slug, person.pk)
    context = {"form": form} | schedule_context(person)
    return render(request, "teams/member_hours.html", context, status=400 if form.errors else 200)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def member_capacity(request, member):
    person = find_member(request, member)
    form = CapacityForm(request.POST)
    if not form.is_valid():
        return render_member(request, person, capacity_form=form)
    set_capacity(person, form.cleaned_data["capacity"], by=request.membership)
    messages.success(request, _("Saved."))
    return redirect("member", request.workspace.slug, person.pk)
