from django.db import transaction

from teams.models import Membership


def add_member(workspace, *, user, role=Membership.Role.AGENT):
    """The user belongs to the workspace. Twice is once."""
    with transaction.atomic():
        membership, _created = Membership.objects.get_or_create(
            workspace=workspace, user=user, defaults={"role": role}
        )
    return membership
