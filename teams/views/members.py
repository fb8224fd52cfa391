"""Team Settings > Team Members: the list, a member's settings, removing and suspending."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams.access import ANY_MEMBER, Permission, workspace_page
from teams.actions.administrators import LastAdministrator
from teams.actions.membership import (
    remove_member,
    reactivate_member,
    suspend_member,
    update_membership,
)
from teams.availability import with_availability
from teams.forms.schedule import CapacityForm
from teams.forms.team import AccessForm, HandOverForm, posted
from teams.hours_format import format_hours
from teams.models import Membership
from teams.parts import chosen_parts
from teams.signals import member_leaving


def find_member(request, member):
    members = Membership.objects.current().filter(workspace=request.workspace).with_related()
    found = get_object_or_404(members, pk=member)
    if not request.membership.can_give(found.role):
        raise PermissionDenied
    return found


@require_GET
@workspace_page(Permission.MANAGE_TEAM)
def members(request):
    everybody = request.workspace.memberships.current().with_related().prefetch_related("teams")
    invitations = request.workspace.invitations.undecided()
    invitations = invitations.select_related("role", "invited_by__user")
    context = {
        "members": with_availability(everybody.order_by("user__name", "pk")),
        "invitations": invitations.order_by("-created_at"),
    }
    return render(request, "teams/members.html", context)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def member(request, member):
    person = find_member(request, member)
    form = AccessForm(form_data(request), by=request.membership, initial=access_of(person))
    if request.method == "POST" and form.is_valid():
        chosen = {"role": form.cleaned_data["role"], "teams": form.cleaned_data["teams"]}
        try:
            update_membership(person, **chosen, parts=form.parts, by=request.membership)
        except LastAdministrator:
            form.add_error("role", last_administrator())
        else:
            messages.success(
                request, _("The membership of %(name)s is updated.") % {"name": person}
            )
            return redirect("team-members", request.workspace.slug)
    return show_member(request, person, form=form)


def access_of(person):
    return {"role": person.role_id, "teams": person.teams.all()} | chosen_parts(person)


def show_member(request, person, **forms):
    """The page with the form that has something to say; the others as they are."""
    context = {
        "form": AccessForm(by=request.membership, initial=access_of(person)),
        "capacity_form": CapacityForm(initial={"capacity": person.capacity}),
        "hours_lines": format_hours(person.hours),
    } | forms
    context["person"] = with_availability([person])[0]
    wrong = any(form.errors for form in forms.values())
    return render(request, "teams/member.html", context, status=400 if wrong else 200)


def last_administrator():
    return _("There must always be an administrator. Make somebody else one first.")


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def removal(request, member):
    return end(request, find_member(request, member), remove_member, "teams/removal.html")


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def suspension(request, member):
    return end(request, find_member(request, member), suspend_member, "teams/suspension.html")


@require_http_methods(["GET", "POST"])
@workspace_page(ANY_MEMBER)
def leaving(request):
    """Everybody may go by themselves."""
    return end(request, request.membership, remove_member, "teams/leaving.html")


def end(request, person, action, template):
    """Says beforehand what happens to the open conversations; does it on Proceed."""
    form = HandOverForm(form_data(request), membership=person)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            action(person, by=request.membership, handover_to=form.cleaned_data["handover_to"])
        except LastAdministrator:
            problem = last_administrator()
        else:
            if person.pk == request.membership.pk:
                return redirect("home")
            return redirect("team-members", request.workspace.slug)
    context = {
        "person": person,
        "form": form,
        "consequences": consequences(member_leaving, membership=person),
        "problem": problem,
    }
    return render(request, template, context, status=400 if problem or form.errors else 200)


def consequences(leaving, **whom):
    """Sentences of the apps above about what it means for them that somebody, or a team, goes."""
    told = leaving.send(None, **whom)
    return [sentence for _receiver, sentence in told if sentence]


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def reactivation(request, member):
    person = find_member(request, member)
    reactivate_member(person, by=request.membership)
    messages.success(request, _("%(name)s is let in again.") % {"name": person})
    return redirect("member", request.workspace.slug, person.pk)
