"""Invitations: offered by mail, accepted once, by the person whose address it is.

Threats: a blank or guessed token (256 random bits, stored hashed); a mail scanner that opens
links (accepting is a POST); the invited address registered by somebody else (an account whose
address was never confirmed does not count as theirs); a copied link used as proof of an address
(only what was mailed proves that it was read there; the inviter has seen the copied one, and
must not be able to open an account in somebody else's name); accepting twice
at once (the row is locked); the workspace used as a mail cannon (limits a day).
"""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from messagehub.lib.tokens import hash_token, is_token, new_token
from outbox.actions import queue_email
from teams import audit
from teams.actions.membership import add_member, look_at_their_chats, put_into_teams
from teams.models import Invitation, InvitationLink, Membership, Workspace
from teams.models.invitation import expiry
from teams.parts import give_parts, named_parts

MAILS_A_DAY = 50
MAILS_A_DAY_EACH = 5


class CannotInvite(Exception):
    """Says in words why not, at which field ("email" or "")."""

    def __init__(self, words, field="email"):
        super().__init__(words)
        self.field = field


class CannotAccept(Exception):
    """state: "used", "revoked", "expired", "unknown" or "other" (signed in as another person)."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


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
        invitation.teams.set(teams)
        send_link(invitation)
        after = {"role": str(role), "teams": [team.name for team in teams]}
        after |= named_parts(workspace, parts or {})
        audit.record(workspace, "member.invited", by=by, target=email, after=after)
    return invitation


def refuse_if_known(workspace, email):
    members = Membership.objects.present().filter(workspace=workspace)
    theirs = EmailAddress.objects.filter(email__iexact=email, verified=True).values("user")
    if members.filter(Q(user__email__iexact=email) | Q(user__in=theirs)).exists():
        raise CannotInvite(_("%(email)s is a member already.") % {"email": email})
    if workspace.invitations.undecided().filter(email=email).exists():
        raise CannotInvite(
            _("%(email)s is invited already. Send that invitation again instead.")
            % {"email": email}
        )


def send_link(invitation):
    refuse_if_too_many(invitation)
    url = new_link(invitation, mailed=True)
    with translation.override(invitation.workspace.language):
        inviter = invitation.invited_by.name if invitation.invited_by else _("An administrator")
        context = {"invitation": invitation, "inviter": inviter, "url": url}
        queue_email(
            to=invitation.email,
            subject=_("%(inviter)s invites you to %(workspace)s")
            % {"inviter": inviter, "workspace": invitation.workspace.name},
            text=render_to_string("teams/email/invitation.txt", context),
            html=render_to_string("teams/email/invitation.html", context),
            workspace=invitation.workspace,
        )


def refuse_if_too_many(invitation):
    mailed = InvitationLink.objects.filter(
        workspace=invitation.workspace, mailed=True, created_at__gt=yesterday()
    )
    if mailed.filter(invitation__email=invitation.email).count() >= MAILS_A_DAY_EACH:
        raise CannotInvite(
            _("Sent %(count)d times today. Try again tomorrow, or copy the link.")
            % {"count": MAILS_A_DAY_EACH},
            field="",
        )
    if mailed.count() >= MAILS_A_DAY:
        raise CannotInvite(
            _("%(count)d invitations were sent today, which is the most a day. Try again tomorrow.")
            % {"count": MAILS_A_DAY},
            field="",
        )


def yesterday():
    return timezone.now() - timedelta(days=1)


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
        send_link(invitation)
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
    """Its links open nothing any more."""
    with transaction.atomic():
        open_ones = Invitation.objects.undecided().filter(pk=invitation.pk)
        if not open_ones.update(revoked_at=timezone.now()):
            return False
        audit.record(invitation.workspace, "invitation.revoked", by=by, target=invitation.email)
    return True


def find_invitation(token):
    """The invitation a link belongs to; .is_mailed: the link came by mail, and proves the address.

    Raises CannotAccept, which says what became of it.
    """
    links = InvitationLink.objects.select_related(
        "invitation__workspace", "invitation__role", "invitation__invited_by__user"
    )
    link = links.filter(token_hash=hash_token(token)).first() if is_token(token) else None
    if link is None or link.invitation.workspace.deleted_at:
        raise CannotAccept("unknown")
    link.invitation.is_mailed = link.mailed
    return link.invitation


def refuse_unless_pending(invitation):
    if invitation.state != "pending":
        raise CannotAccept("used" if invitation.state == "accepted" else invitation.state)


def has_account(invitation):
    """Somebody has an account for this address and has to sign in to accept.

    Not so an account that was made in vain: never confirmed, in no workspace. It may be a
    stranger's, and whoever reads the mail of that address is the one who is meant.
    """
    confirmed = EmailAddress.objects.filter(email__iexact=invitation.email, verified=True)
    if confirmed.exists():
        return True
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        return False
    return not (invitation.is_mailed and user.is_active) or user.memberships.exists()


def is_invited(invitation, user):
    """The address invited is this person's: their own, or another one they have confirmed."""
    if user.email.lower() == invitation.email:
        return True
    theirs = EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True)
    return theirs.exists()


def accept_invitation(invitation, *, user):
    """Join, as the person whose address was invited. Returns the membership.

    The role is the one the invitation has at this moment. Raises CannotAccept.
    """
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(of=("self",), no_key=True)
        invitation = locked.select_related("workspace", "role").get(pk=invitation.pk)
        refuse_unless_pending(invitation)
        if not is_invited(invitation, user):
            raise CannotAccept("other")
        membership = add_member(invitation.workspace, user=user, role=invitation.role)
        put_into_teams(membership, invitation.teams.all())
        give_parts(membership, invitation.parts)
        invitation.accepted_at = timezone.now()
        invitation.accepted_as = membership
        invitation.save(update_fields=["accepted_at", "accepted_as"])
        audit.record(
            invitation.workspace,
            "invitation.accepted",
            by=membership,
            target=membership.name,
            after={"role": str(invitation.role)},
        )
        look_at_their_chats(membership)
    return membership


def sign_up_and_accept(invitation, *, name, password):
    """A new person. Returns the membership. Raises CannotAccept.

    A mailed link has proven the address; behind a copied one it is still to be confirmed. An
    account made in vain becomes the invited person's, and its old sessions end with the old
    password.
    """
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(of=("self",), no_key=True)
        refuse_unless_pending(locked.get(pk=invitation.pk))
        if has_account(invitation):
            raise CannotAccept("other")
        user = User.objects.filter(email__iexact=invitation.email).first()
        user = user or new_user(invitation.email)
        user.name = name
        user.set_password(password)
        user.save()
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(
            user=user, email=invitation.email, verified=invitation.is_mailed, primary=True
        )
        return accept_invitation(invitation, user=user)


def new_user(email):
    """Two workspaces may have invited the same person: both links used at once make one account."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, None)
    except IntegrityError:
        raise CannotAccept("other") from None
