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
from teams.forms import form_data
from teams.forms.members import InvitationForm
from teams.models import Role


@require_http_methods(["GET", "POST"])
@workspace_page(Permission.MANAGE_TEAM)
def new_invitation(request):
    workspace = request.workspace
    # Most invitations are for agents of all inboxes.
    initial = {"role": workspace.roles.get(key=Role.AGENT).pk, "inboxes": workspace.inboxes.all()}
    form = InvitationForm(form_data(request), by=request.membership, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invite_member(workspace, **form.cleaned_data, by=request.membership)
        except CannotInvite as error:
            form.add_error(error.field or None, str(error))
        else:
            params = {"email": invitation.email}
            messages.success(request, _("Sent an invitation to %(email)s.") % params)
            return redirect("team-members", workspace.slug)
    return render(
        request, "teams/invitation_form.html", {"form": form}, status=400 if form.errors else 200
    )


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
        message = _("Resent the invitation to %(email)s.") % {"email": invitation.email}
        messages.success(request, message)
    return redirect("team-members", request.workspace.slug)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def revocation(request, invitation):
    invitation = find_invitation(request, invitation)
    revoke_invitation(invitation, by=request.membership)
    message = _("Revoked the invitation for %(email)s.") % {"email": invitation.email}
    messages.success(request, message)
    return redirect("team-members", request.workspace.slug)


@require_POST
@workspace_page(Permission.MANAGE_TEAM)
def link(request, invitation):
    """Create a link to pass on by other means, and show it this once."""
    invitation = find_invitation(request, invitation)
    try:
        url = copy_link(invitation, by=request.membership)
    except CannotInvite as error:
        messages.error(request, str(error))
        return redirect("team-members", request.workspace.slug)
    return render(request, "teams/invitation_link.html", {"invitation": invitation, "url": url})
