"""Team Settings > Team Members: the list, a member's settings, removing and suspending."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from teams.access import ANY_MEMBER, Permission, workspace_page
from teams.actions.administrators import LastAdministrator
from teams.actions.membership import (
    reactivate_member,
    remove_member,
    suspend_member,
    update_membership,
)
from teams.availability import with_availability
from teams.forms import form_data
from teams.forms.members import AccessForm, HandoverForm
from teams.forms.schedule import CapacityForm
from teams.hours_format import format_hours
from teams.inbox_access import inbox_ids_of
from teams.models import Membership
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
    present = request.workspace.memberships.current().with_related().prefetch_related("teams")
    invitations = request.workspace.invitations.undecided()
    invitations = invitations.select_related("role", "invited_by__user")
    context = {
        "members": with_availability(present.order_by("user__name", "pk")),
        "invitations": invitations.order_by("-created_at"),
    }
    return render(request, "teams/members.html", context)


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def member(request, member):
    person = find_member(request, member)
    form = AccessForm(form_data(request), by=request.membership, initial=current_access(person))
    if request.method == "POST" and form.is_valid():
        try:
            update_membership(person, **form.cleaned_data, by=request.membership)
        except LastAdministrator:
            form.add_error("role", last_administrator_message())
        else:
            messages.success(request, _("Updated the membership of %(name)s.") % {"name": person})
            return redirect("team-members", request.workspace.slug)
    return render_member(request, person, form=form)


def current_access(person):
    return {
        "role": person.role_id,
        "teams": person.teams.all(),
        "inboxes": inbox_ids_of(person),
    }


def render_member(request, person, **forms):
    """Render the page with the given forms in place of unbound ones."""
    context = {
        "form": AccessForm(by=request.membership, initial=current_access(person)),
        "capacity_form": CapacityForm(initial={"capacity": person.capacity}),
        "hours_lines": format_hours(person.hours),
    } | forms
    context["person"] = with_availability([person])[0]
    has_errors = any(form.errors for form in forms.values())
    return render(request, "teams/member.html", context, status=400 if has_errors else 200)


def last_administrator_message():
    return _("A workspace needs at least one administrator. Make someone else one first.")


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def removal(request, member):
    person = find_member(request, member)
    return confirm_end(request, person, remove_member, "teams/removal.html")


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def suspension(request, member):
    person = find_member(request, member)
    return confirm_end(request, person, suspend_member, "teams/suspension.html")


@require_http_methods(["GET", "POST"])
@workspace_page(ANY_MEMBER)
def leaving(request):
    """Let any member leave the workspace."""
    return confirm_end(request, request.membership, remove_member, "teams/leaving.html")


def confirm_end(request, person, action, template):
    """Show what happens to the open conversations, and end the access on Proceed."""
    form = HandoverForm(form_data(request), membership=person)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            action(person, **form.cleaned_data, by=request.membership)
        except LastAdministrator:
            problem = last_administrator_message()
        else:
            if person.pk == request.membership.pk:
                return redirect("home")
            return redirect("team-members", request.workspace.slug)
    context = {
        "person": person,
        "form": form,
        "consequences": collect_consequences(member_leaving, membership=person),
        "problem": problem,
    }
    return render(request, template, context, status=400 if problem or form.errors else 200)


def collect_consequences(signal, **subject):
    """Collect the sentences of other apps about what follows if the member or team goes."""
    answers = signal.send(None, **subject)
    return [sentence for _receiver, sentence in answers if sentence]


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def reactivation(request, member):
    person = find_member(request, member)
    reactivate_member(person, by=request.membership)
    messages.success(request, _("%(name)s has been reactivated.") % {"name": person})
    return redirect("member", request.workspace.slug, person.pk)
