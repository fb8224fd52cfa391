"""Runs queries of what a member may see, which every desk repeats every few seconds."""

from functools import cache
from uuid import UUID

from messagehub.lib.prepared_query import PreparedQuery
from teams.models import Membership
from teams.permissions import Permission


def find_for(membership, build, **values):
    """Return what the queryset build(membership, **values) finds.

    It is compiled once for all members with the same view. Only the values may differ, as in a
    PreparedQuery.
    """
    view = membership.permissions & {Permission.MANAGE_INBOXES, Permission.SEE_ALL}
    types = tuple((name, type(value)) for name, value in values.items())
    ids = {"workspace": membership.workspace_id, "member": membership.pk}
    return prepare(build, view, types).all(**ids, **values)


@cache
def prepare(build, permissions, types):
    def build_for_any(workspace, member, **values):
        membership = Membership(pk=member, workspace_id=workspace)
        membership.permissions = permissions
        return build(membership, **values)

    # Some members see everything, so it isn't asked who they are.
    ids = {"workspace": UUID, "member": UUID}
    return PreparedQuery(build_for_any, optional="member", **ids, **dict(types))
