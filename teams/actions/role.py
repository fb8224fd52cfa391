from django.db import transaction
from django.utils.translation import gettext as _

from teams import audit
from teams.actions.membership import publish_access_change
from teams.models import Role
from teams.permissions import Permission


class RoleInUse(Exception):
    """Says in words who still has it."""


def make_built_in_roles(workspace):
    """Agent and Administrator. Returns the latter."""
    roles = [Role(workspace=workspace, key=key, name=str(name)) for key, name in Role.NAMES.items()]
    Role.objects.bulk_create(roles)
    return roles[1]


def save_role(workspace, *, role=None, name, permissions, by):
    """Make an own role, or change one; whoever has it is asked anew from the next click on.

    Raises Role.DoesNotExist when somebody deleted it meanwhile.
    """
    with transaction.atomic():
        role = role and Role.objects.select_for_update(no_key=True).get(pk=role.pk)
        before = picture(role) if role else {}
        action = "role.updated" if role else "role.created"
        role = role or Role(workspace=workspace)
        role.name, role.permissions = name, sorted(permissions)
        role.save()
        audit.record(workspace, action, by=by, target=name, before=before, after=picture(role))
        publish_access_change(*role.memberships.current().with_related())
    return role


def picture(role):
    allowed = [str(Permission(each).label) for each in role.permissions]
    return {"name": role.name, "permissions": sorted(allowed)}


def delete_role(role, *, by):
    """Raises RoleInUse while somebody has it or is invited with it."""
    with transaction.atomic():
        role = Role.objects.select_for_update().get(pk=role.pk)
        members = role.memberships.current().count()
        invited = role.invitations.undecided().count()
        if members or invited:
            raise RoleInUse(
                _(
                    "%(members)d members and %(invited)d invitations have this role. "
                    "Give them another one first."
                )
                % {"members": members, "invited": invited}
            )
        move_the_departed(role)
        audit.record(role.workspace, "role.deleted", by=by, target=role.name, before=picture(role))
        role.delete()


def move_the_departed(role):
    """Removed members and old invitations keep no role alive."""
    agent = role.workspace.roles.get(key=Role.AGENT)
    role.memberships.update(role=agent)
    role.invitations.update(role=agent)
