"""Joining: the other end of an invitation.

Threats: a guessed token; an account in somebody else's name (only what was mailed proves that it
was read at that address: the inviter has seen a copied link); an account that was never confirmed
and may be a stranger's; accepting twice at once (the row is locked).
"""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from messagehub.lib.tokens import hash_token, is_token
from teams import audit
from teams.actions.membership import add_member, look_at_their_chats, put_into_teams
from teams.models import Invitation, InvitationLink
from teams.parts import give_parts


class CannotAccept(Exception):
    """state: "used", "revoked", "expired", "unknown", "other" (signed in as another person) or
    "closed" (no new accounts are made)."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


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


def refuse_if_closed():
    """SIGNUP=closed makes no new accounts, not even for people with an invitation."""
    if settings.SIGNUP == "closed":
        raise CannotAccept("closed")


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
    refuse_if_closed()
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
