"""Team Settings: inviting people."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from teams.access import Permission, workspace_page
from teams.actions.invitation import (
    CannotInvite,
    copy_link,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from teams.forms.team import InvitationForm, posted
from teams.models import Role
from teams.parts import registry


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def new_invitation(request):
    workspace = request.workspace
    agent = workspace.roles.get(key=Role.AGENT)
    form = InvitationForm(form_data(request), by=request.membership, initial=first_choice(agent))
    if request.method == "POST" and form.is_valid():
        chosen = {name: form.cleaned_data[name] for name in ("email", "name", "role", "teams")}
        try:
            invite_member(workspace, **chosen, parts=form.parts, by=request.membership)
        except CannotInvite as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("An invitation is on its way to %(email)s.") % chosen)
            return redirect("team-members", workspace.slug)
    return render(
        request, "teams/invitation_form.html", {"form": form}, status=400 if form.errors else 200
    )


def first_choice(agent):
    """What most invitations are: an agent for every inbox there is."""
    everything = {
        part.name: [key for key, _name in part.choices(agent.workspace)] for part in registry
    }
    return {"role": agent.pk} | everything


def find_invitation(request, invitation):
    invitations = request.workspace.invitations.select_related(
        "workspace", "role", "invited_by__user"
    )
    found = get_object_or_404(invitations, pk=invitation)
    if not request.membership.can_give(found.role):
        raise PermissionDenied
    return found


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def resending(request, invitation):
    invitation = find_invitation(request, invitation)
    try:
        resend_invitation(invitation, by=request.membership)
    except CannotInvite as error:
        messages.error(request, str(error))
    else:
        words = _("The invitation is on its way to %(email)s again.")
        messages.success(request, words % {"email": invitation.email})
    return redirect("team-members", request.workspace.slug)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def revocation(request, invitation):
    invitation = find_invitation(request, invitation)
    revoke_invitation(invitation, by=request.membership)
    messages.success(
        request, _("The invitation of %(email)s is revoked.") % {"email": invitation.email}
    )
    return redirect("team-members", request.workspace.slug)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def link(request, invitation):
    """A link to hand over by other means, shown once."""
    invitation = find_invitation(request, invitation)
    try:
        url = copy_link(invitation, by=request.membership)
    except CannotInvite as error:
        messages.error(request, str(error))
        return redirect("team-members", request.workspace.slug)
    return render(request, "teams/invitation_link.html", {"invitation": invitation, "url": url})
