from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
        """Neither accepted nor revoked: pending ones and expired ones."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(TenantModel):
    """An emailed offer of a membership."""

    email = models.EmailField(_("email"))
    name = models.CharField(_("name"), max_length=80)
    role = TenantForeignKey(Role, on_delete=models.RESTRICT, related_name="invitations")
    teams = models.ManyToManyField(Team, through="InvitationTeam", blank=True, related_name="+")
    # What the apps above give along (inboxes), by part (teams.parts).
    parts = models.JSONField(default=dict)
    invited_by = TenantForeignKey(Membership, null=True, on_delete=models.SET_NULL)
    expires_at = models.DateTimeField(default=expiry)
    accepted_at = models.DateTimeField(null=True)
    accepted_as = TenantForeignKey(
        Membership, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True)
    # Set on what find_invitation() returns: the link in hand came by mail.
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
    def state(self):
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "pending"

    @property
    def is_pending(self):
        return self.state == "pending"

    @property
    def days_left(self):
        """Whole days, rounded: an invitation made a moment ago has all of its seven."""
        return max(0, round((self.expires_at - timezone.now()) / timedelta(days=1)))

    @property
    def initials(self):
        return initials(self.name)

    @property
    def hue(self):
        return hue(self.pk)


class InvitationTeam(TenantModel):
    """A team that an invitation gives along."""

    invitation = TenantForeignKey(Invitation, on_delete=models.CASCADE, related_name="+")
    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            *same_workspace_constraints("invitationteam", "invitation", "team"),
            models.UniqueConstraint(fields=["invitation", "team"], name="once_in_an_invitation"),
        ]


class InvitationLink(TenantModel):
    """A link that was mailed or copied. Several may be out for one invitation; using one ends all.

    Only the hash is here: whoever reads the database cannot accept for somebody else.
    """

    invitation = TenantForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    mailed = models.BooleanField()

    class Meta:
        constraints = same_workspace_constraints("invitationlink", "invitation")
