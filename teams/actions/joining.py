"""Accept an invitation.

Threats: a guessed token; an account in someone else's name (only an emailed link proves that it was
read at that address, because the inviter has seen a copied one); an account that was never
confirmed and may be a stranger's; accepting twice at once (the row is locked).
"""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from messagehub.lib.tokens import hash_token, is_token
from teams import audit
from teams.actions.membership import add_member, send_access_changed, set_teams
from teams.inbox_access import set_inboxes
from teams.models import Invitation, InvitationLink


class CannotAccept(Exception):
    """state: "used", "revoked", "expired", "unknown", "other" (signed in as someone else) or
    "closed" (sign-up is closed)."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


def find_invitation(token):
    """Return the invitation that the link belongs to, with is_mailed. Raises CannotAccept.

    is_mailed: the link was emailed, so having it proves that the address is theirs.
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
    if not invitation.is_pending:
        is_used = invitation.state == Invitation.State.ACCEPTED
        raise CannotAccept("used" if is_used else invitation.state)


def has_account(invitation):
    """Return whether the invited address has an account, so that its owner must sign in.

    An account that was never confirmed and is in no workspace doesn't count. It may be a
    stranger's, and the invitation is meant for the person who reads the address's email.
    """
    confirmed = EmailAddress.objects.filter(email__iexact=invitation.email, verified=True)
    if confirmed.exists():
        return True
    user = User.objects.filter(email__iexact=invitation.email).first()
    if user is None:
        return False
    return not (invitation.is_mailed and user.is_active) or user.memberships.exists()


def is_invited(invitation, user):
    """Return whether the invited address is the user's own, or one they have confirmed."""
    if user.email.lower() == invitation.email:
        return True
    own = EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True)
    return own.exists()


def refuse_if_closed():
    """Refuse new accounts if SIGNUP=closed, even with an invitation."""
    if settings.SIGNUP == "closed":
        raise CannotAccept("closed")


def accept_invitation(invitation, *, user):
    """Add the user, whose address was invited, and return the membership. Raises CannotAccept.

    The role is read again after the lock, since it may have changed.
    """
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(of=("self",), no_key=True)
        invitation = locked.select_related("workspace", "role").get(pk=invitation.pk)
        refuse_unless_pending(invitation)
        if not is_invited(invitation, user):
            raise CannotAccept("other")
        membership = add_member(invitation.workspace, user=user, role=invitation.role)
        set_teams(membership, invitation.teams.all())
        set_inboxes(membership, invitation.inbox_ids)
        invitation.accepted_at = timezone.now()
        invitation.accepted_as = membership
        invitation.save(update_fields=["accepted_at", "accepted_as"])
        with invitation.workspace.in_language():
            role = str(invitation.role)
        audit.record(
            invitation.workspace,
            "invitation.accepted",
            by=membership,
            target=membership.name,
            after={"role": role},
        )
        send_access_changed(membership)
    return membership


def sign_up_and_accept(invitation, *, name, password):
    """Create an account, join and return the membership. Raises CannotAccept.

    An emailed link has proven the address; after a copied one it still has to be confirmed. An
    unconfirmed account of that address becomes the invited person's, and its old sessions end
    with the old password.
    """
    refuse_if_closed()
    with transaction.atomic():
        locked = Invitation.objects.select_for_update(of=("self",), no_key=True)
        refuse_unless_pending(locked.get(pk=invitation.pk))
        if has_account(invitation):
            raise CannotAccept("other")
        user = User.objects.filter(email__iexact=invitation.email).first()
        user = user or create_user(invitation.email)
        user.name = name
        user.set_password(password)
        user.save()
        EmailAddress.objects.filter(user=user).delete()
        EmailAddress.objects.create(
            user=user, email=invitation.email, verified=invitation.is_mailed, primary=True
        )
        return accept_invitation(invitation, user=user)


def create_user(email):
    """Create the account once, even if invitations of two workspaces are accepted together."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, None)
    except IntegrityError:
        raise CannotAccept("other") from None
