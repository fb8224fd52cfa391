from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from messagehub.lib.text import hue, initials
from teams.models.membership import Membership
from teams.models.role import Role
from teams.models.team import Team
from teams.models.workspace import TenantModel

VALID_FOR = timedelta(days=7)


def expiry():
    return timezone.now() + VALID_FOR


class InvitationQuerySet(models.QuerySet):
    def undecided(self):
        """Return invitations neither accepted nor revoked: pending and expired ones."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(TenantModel):
    """An emailed offer of a membership."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("invitation", "Pending")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
        REVOKED = "revoked", pgettext_lazy("invitation", "Revoked")
        EXPIRED = "expired", pgettext_lazy("invitation", "Expired")

    email = models.EmailField(_("email"))
    name = models.CharField(_("name"), max_length=80)
    role = TenantForeignKey(Role, on_delete=models.RESTRICT, related_name="invitations")
    teams = models.ManyToManyField(Team, through="InvitationTeam", blank=True, related_name="+")
    # The inboxes to give access to. They belong to an app above, so no foreign key is possible.
    inbox_ids = models.JSONField(default=list)
    invited_by = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    expires_at = models.DateTimeField(default=expiry)
    accepted_at = models.DateTimeField(null=True)
    accepted_as = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)
    # Set by find_invitation(): whether the link that was used came by email.
    is_mailed = False

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            *same_workspace_constraints("invitation", "role", "invited_by", "accepted_as"),
            models.UniqueConstraint(fields=["workspace", "id"], name="invitation_of_workspace"),
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation_an_address",
            ),
        ]

    def __str__(self):
        return self.email

    @property
    def state(self) -> State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.revoked_at:
            return self.State.REVOKED
        return self.State.EXPIRED if self.expires_at <= timezone.now() else self.State.PENDING

    @property
    def is_pending(self):
        return self.state == self.State.PENDING

    @property
    def days_left(self):
        """Whole days, rounded, so that a new invitation shows all seven."""
        return max(0, round((self.expires_at - timezone.now()) / timedelta(days=1)))

    @property
    def initials(self):
        return initials(self.name)

    @property
    def hue(self):
        return hue(self.pk)


class InvitationTeam(TenantModel):
    """A team that the member joins by accepting the invitation."""

    invitation = TenantForeignKey(Invitation, on_delete=models.CASCADE, related_name="+")
    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            *same_workspace_constraints("invitationteam", "invitation", "team"),
            models.UniqueConstraint(fields=["invitation", "team"], name="once_in_an_invitation"),
        ]


class InvitationLink(TenantModel):
    """A link that was emailed or copied. An invitation can have several; using one ends all.

    Only the hash is stored, so someone who reads the database can't accept for someone else.
    """

    invitation = TenantForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    mailed = models.BooleanField()

    class Meta:
        constraints = same_workspace_constraints("invitationlink", "invitation")
