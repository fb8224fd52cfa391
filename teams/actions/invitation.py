"""Invite people, and resend or revoke invitations.

Threats: someone who reads the database (links are stored as hashes); the workspace used as a mail
cannon (teams.invitation_limits). teams.actions.joining guards the accepting.
"""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from messagehub.lib.tokens import hash_token, new_token
from outbox.actions import queue_email, withdraw_ready_made
from outbox.models import Delivery
from teams import audit
from teams.inbox_access import inbox_names
from teams.invitation_email import KIND
from teams.invitation_limits import check_limits
from teams.models import Invitation, InvitationLink, Membership, Workspace
from teams.models.invitation import expiry
from teams.trust import is_trusted


class CannotInvite(Exception):
    """A translated message, and the form field it belongs to: "email" or ""."""

    def __init__(self, message, field="email"):
        super().__init__(message)
        self.field = field


def invite_member(workspace, *, email, name, role, teams=(), inboxes=(), by):
    """Offer a membership by email. Raises CannotInvite."""
    email = email.strip().lower()
    with transaction.atomic():
        # If two members invite the same person at once, the second finds the first one's row.
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        refuse_if_known(workspace, email)
        invitation = Invitation.objects.create(
            workspace=workspace,
            email=email,
            name=name,
            role=role,
            inbox_ids=[str(inbox.pk) for inbox in inboxes],
            invited_by=by,
        )
        invitation.teams.set(teams, through_defaults={"workspace": workspace})
        send_link(invitation, by=by)
        after = {
            "role": str(role),
            "teams": [team.name for team in teams],
            "inboxes": inbox_names(inboxes),
        }
        audit.record(workspace, "member.invited", by=by, target=email, after=after)
    return invitation


def refuse_if_known(workspace, email):
    members = Membership.objects.current().filter(workspace=workspace)
    owners = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    if members.filter(Q(user__email__iexact=email) | Q(user__in=owners)).exists():
        raise CannotInvite(_("%(email)s is already a member.") % {"email": email})
    if workspace.invitations.undecided().filter(email=email).exists():
        raise CannotInvite(
            _("%(email)s has already been invited. Resend that invitation instead.")
            % {"email": email}
        )


def send_link(invitation, *, by):
    if refusal := check_limits(invitation, by=by):
        raise CannotInvite(refusal, field="")
    url = create_link(invitation, mailed=True)
    with invitation.workspace.in_language():
        inviter = invitation.invited_by.name if invitation.invited_by else _("An administrator")
        context = {"invitation": invitation, "inviter": inviter, "url": url}
        queue_email(
            to=invitation.email,
            subject=invitation_subject(invitation, inviter),
            text=render_to_string("teams/email/invitation.txt", context),
            html=render_to_string("teams/email/invitation.html", context),
            workspace=invitation.workspace,
            kind=KIND,
            about=invitation.pk,
        )


def invitation_subject(invitation, inviter):
    if not is_trusted(invitation.workspace):
        return _("You're invited to a workspace on MessageHub")
    return _("%(inviter)s invites you to %(workspace)s") % {
        "inviter": inviter,
        "workspace": invitation.workspace.name,
    }


def create_link(invitation, *, mailed):
    """Create a new link. Earlier links keep working."""
    token = new_token()
    InvitationLink.objects.create(
        workspace=invitation.workspace,
        invitation=invitation,
        token_hash=hash_token(token),
        mailed=mailed,
    )
    return settings.SITE_URL + reverse("invitation", args=[token])


def resend_invitation(invitation, *, by):
    """Email a new link, and let the invitation expire seven days from now. Raises CannotInvite."""
    with transaction.atomic():
        invitation = lock_open(invitation)
        extend(invitation)
        send_link(invitation, by=by)
        audit.record(invitation.workspace, "invitation.resent", by=by, target=invitation.email)


def copy_link(invitation, *, by):
    """Return a new link to pass on by other means, valid for seven days. Raises CannotInvite."""
    with transaction.atomic():
        invitation = lock_open(invitation)
        extend(invitation)
        audit.record(invitation.workspace, "invitation.link_copied", by=by, target=invitation.email)
        return create_link(invitation, mailed=False)


def extend(invitation):
    invitation.expires_at = expiry()
    invitation.save(update_fields=["expires_at"])


def lock_open(invitation):
    locked = Invitation.objects.select_for_update(of=("self",), no_key=True)
    invitation = locked.select_related("workspace", "role").get(pk=invitation.pk)
    if invitation.state in (Invitation.State.ACCEPTED, Invitation.State.REVOKED):
        raise CannotInvite(_("This invitation is no longer open."), field="")
    return invitation


def revoke_invitation(invitation, *, by):
    """Invalidate the invitation's links, and cancel emails with one that haven't been sent."""
    with transaction.atomic():
        undecided = Invitation.objects.undecided().filter(pk=invitation.pk)
        if not undecided.update(revoked_at=timezone.now()):
            return False
        withdraw_ready_made(Delivery.objects.filter(about=invitation.pk, kind=KIND))
        audit.record(invitation.workspace, "invitation.revoked", by=by, target=invitation.email)
    return True
