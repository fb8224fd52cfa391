"""Inviting people: offered by mail or a copied link, sent again, revoked.

Threats: whoever reads the database (links are stored as hashes); the workspace used as a mail
cannon (teams.invitation_limits). What accepting guards against stands in teams.actions.joining.
"""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from messagehub.lib.tokens import hash_token, new_token
from outbox.actions import queue_email, withdraw_ready_made
from outbox.models import Delivery
from teams import audit
from teams.invitation_limits import why_not_mailed
from teams.invitation_mail import KIND
from teams.models import Invitation, InvitationLink, Membership, Workspace
from teams.models.invitation import expiry
from teams.parts import named_parts
from teams.trust import is_trusted


class CannotInvite(Exception):
    """Says in words why not, at which field ("email" or "")."""

    def __init__(self, words, field="email"):
        super().__init__(words)
        self.field = field


def invite_member(workspace, *, email, name, role, teams=(), parts=None, by):
    """Offer a membership by email. Raises CannotInvite."""
    email = email.strip().lower()
    with transaction.atomic():
        # Two people inviting the same person at once: the second finds the first one's row.
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        refuse_if_known(workspace, email)
        invitation = Invitation.objects.create(
            workspace=workspace,
            email=email,
            name=name,
            role=role,
            parts=parts or {},
            invited_by=by,
        )
        invitation.teams.set(teams, through_defaults={"workspace": workspace})
        send_link(invitation, by=by)
        after = {"role": str(role), "teams": [team.name for team in teams]}
        after |= named_parts(workspace, parts or {})
        audit.record(workspace, "member.invited", by=by, target=email, after=after)
    return invitation


def refuse_if_known(workspace, email):
    members = Membership.objects.current().filter(workspace=workspace)
    theirs = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    if members.filter(Q(user__email__iexact=email) | Q(user__in=theirs)).exists():
        raise CannotInvite(_("%(email)s is a member already.") % {"email": email})
    if workspace.invitations.undecided().filter(email=email).exists():
        raise CannotInvite(
            _("%(email)s is invited already. Send that invitation again instead.")
            % {"email": email}
        )


def send_link(invitation, *, by):
    if refusal := why_not_mailed(invitation, by=by):
        raise CannotInvite(refusal, field="")
    url = new_link(invitation, mailed=True)
    with translation.override(invitation.workspace.language):
        inviter = invitation.invited_by.name if invitation.invited_by else _("An administrator")
        context = {"invitation": invitation, "inviter": inviter, "url": url}
        queue_email(
            to=invitation.email,
            subject=subject_of(invitation, inviter),
            text=render_to_string("teams/email/invitation.txt", context),
            html=render_to_string("teams/email/invitation.html", context),
            workspace=invitation.workspace,
            kind=KIND,
            about=invitation.pk,
        )


def subject_of(invitation, inviter):
    if not is_trusted(invitation.workspace):
        return _("You're invited to a workspace on MessageHub")
    return _("%(inviter)s invites you to %(workspace)s") % {
        "inviter": inviter,
        "workspace": invitation.workspace.name,
    }


def new_link(invitation, *, mailed):
    """A fresh link; the ones that are out already go on working."""
    token = new_token()
    InvitationLink.objects.create(
        workspace=invitation.workspace,
        invitation=invitation,
        token_hash=hash_token(token),
        mailed=mailed,
    )
    return settings.SITE_URL + reverse("invitation", args=[token])


def resend_invitation(invitation, *, by):
    """Another mail, and seven days from now. Raises CannotInvite."""
    with transaction.atomic():
        invitation = lock_open(invitation)
        extend(invitation)
        send_link(invitation, by=by)
        audit.record(invitation.workspace, "invitation.resent", by=by, target=invitation.email)


def copy_link(invitation, *, by):
    """A link to hand over by other means, good for seven days. Raises CannotInvite."""
    with transaction.atomic():
        invitation = lock_open(invitation)
        extend(invitation)
        audit.record(invitation.workspace, "invitation.link_copied", by=by, target=invitation.email)
        return new_link(invitation, mailed=False)


def extend(invitation):
    invitation.expires_at = expiry()
    invitation.save(update_fields=["expires_at"])


def lock_open(invitation):
    locked = Invitation.objects.select_for_update(of=("self",), no_key=True)
    invitation = locked.select_related("workspace", "role").get(pk=invitation.pk)
    if invitation.state in ("accepted", "revoked"):
        raise CannotInvite(_("This invitation is no longer open."), field="")
    return invitation


def revoke_invitation(invitation, *, by):
    """Its links open nothing any more, and no mail with one leaves."""
    with transaction.atomic():
        open_ones = Invitation.objects.undecided().filter(pk=invitation.pk)
        if not open_ones.update(revoked_at=timezone.now()):
            return False
        withdraw_ready_made(Delivery.objects.filter(about=invitation.pk, kind=KIND))
        audit.record(invitation.workspace, "invitation.revoked", by=by, target=invitation.email)
    return True
