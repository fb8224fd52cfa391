from django.db import transaction
from django.utils.translation import gettext as _

from teams import audit
from teams.actions.membership import publish_access_change
from teams.models import Role
from teams.permissions import Permission


class RoleInUse(Exception):
    """A translated message that says how many members and invitations have the role."""


def create_built_in_roles(workspace):
    """Create Agent and Administrator. Return the latter."""
    roles = [Role(workspace=workspace, key=key, name=str(name)) for key, name in Role.NAMES.items()]
    Role.objects.bulk_create(roles)
    return roles[1]


def save_role(workspace, *, role=None, name, permissions, by):
    """Create a custom role, or change one with effect from its members' next request.

    Raises Role.DoesNotExist if it was deleted in the meantime.
    """
    with transaction.atomic():
        role = role and Role.objects.select_for_update(no_key=True).get(pk=role.pk)
        before = audit_snapshot(role) if role else {}
        action = "role.updated" if role else "role.created"
        role = role or Role(workspace=workspace)
        role.name, role.permissions = name, sorted(permissions)
        role.save()
        after = audit_snapshot(role)
        audit.record(workspace, action, by=by, target=name, before=before, after=after)
        publish_access_change(*role.memberships.current().with_related())
    return role


def audit_snapshot(role):
    labels = [str(Permission(each).label) for each in role.permissions]
    return {"name": role.name, "permissions": sorted(labels)}


def delete_role(role, *, by):
    """Delete the role. Raises RoleInUse while members or open invitations have it."""
    with transaction.atomic():
        role = Role.objects.select_for_update().get(pk=role.pk)
        members = role.memberships.current().count()
        invited = role.invitations.undecided().count()
        if members or invited:
            raise RoleInUse(
                _(
                    "%(members)d members and %(invited)d invitations have this role. "
                    "Give them a different role first."
                )
                % {"members": members, "invited": invited}
            )
        release_role(role)
        before = audit_snapshot(role)
        audit.record(role.workspace, "role.deleted", by=by, target=role.name, before=before)
        role.delete()


def release_role(role):
    """Make removed members and old invitations agents, so that they don't keep the role."""
    agent = role.workspace.roles.get(key=Role.AGENT)
    role.memberships.update(role=agent)
    role.invitations.update(role=agent)
