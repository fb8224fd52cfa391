from django.db import models
from django.utils.translation import gettext_lazy as _

from messagehub.lib.name_comparison import folded_name
from messagehub.lib.same_workspace import TenantForeignKey, same_workspace_constraints
from teams.models.membership import Membership
from teams.models.workspace import TenantModel


class Team(TenantModel):
    """A named group of members, which routing can choose from."""

    name = models.CharField(_("name"), max_length=40)
    members = models.ManyToManyField(Membership, through="TeamMember", related_name="teams")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "id"], name="team_of_workspace"),
            models.UniqueConstraint("workspace", folded_name("name"), name="one_team_a_name"),
        ]

    def __str__(self):
        return self.name


class TeamMember(TenantModel):
    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="team_members")
    membership = TenantForeignKey(
        Membership, on_delete=models.CASCADE, related_name="team_memberships"
    )

    class Meta:
        constraints = [
            *same_workspace_constraints("teammember", "team", "membership"),
            models.UniqueConstraint(fields=["team", "membership"], name="once_in_a_team"),
        ]
