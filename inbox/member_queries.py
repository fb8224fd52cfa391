"""Runs queries of what a member may see, which every desk repeats every few seconds."""

from functools import cache
from uuid import UUID

from messagehub.lib.prepared_query import PreparedQuery
from teams.models import Membership
from teams.permissions import Permission


def find_for(membership, build):
    """Return what the queryset build(membership) finds.

    It is compiled once for all members with the same view.
    """
    view = membership.permissions & {Permission.MANAGE_INBOXES, Permission.SEE_ALL}
    return prepare(build, view).all(workspace=membership.workspace_id, member=membership.pk)


@cache
def prepare(build, permissions):
    def build_for_any(workspace, member):
        membership = Membership(pk=member, workspace_id=workspace)
        membership.permissions = permissions
        return build(membership)

    return PreparedQuery(build_for_any, workspace=UUID, member=UUID)
