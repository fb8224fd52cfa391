"""Runs queries of what a member may see, which every desk repeats every few seconds."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery

from messagehub.lib.prepared_query import PreparedQuery
from teams.models import Membership, Workspace
from teams.permissions import Permission


def find_for(membership, build, *, plans_once=False, **values):
    """Return what the queryset build(membership, **values) finds.

    It is compiled once for all members with the same view. Only the values may differ, as in a
    PreparedQuery.
    """
    view = membership.permissions & {Permission.MANAGE_INBOXES, Permission.SEE_ALL}
    types = tuple((name, type(value)) for name, value in values.items())
    ids = {"workspace": membership.workspace_id, "member": membership.pk}
    return prepare(build, view, types, plans_once).all(**ids, **values)


@lru_cache(500)  # a list has hundreds of combinations of filters
def prepare(build, permissions, types, plans_once):
    def build_for_any(workspace, member, **values):
        membership = Membership(pk=member, workspace_id=workspace)
        membership.permissions = permissions
        return build(membership, **values)

    types = {"workspace": UUID, "member": UUID, **dict(types)}
    # Some members see everything, so it isn't asked who they are.
    return PreparedQuery(build_for_any, optional="member", plans_once=plans_once, **types)


def find_values(membership, **builds) -> dict[str, list]:
    """Return the values of several querysets, each of one column, with one statement.

    Its plan must not depend on the workspace and the member.
    """
    [values] = find_for(membership, Together(tuple(builds.values())), plans_once=True)
    return dict(zip(builds, values, strict=True))


@dataclass(frozen=True)
class Together:
    builds: tuple

    def __call__(self, membership):
        columns = [ArraySubquery(build(membership)) for build in self.builds]
        return Workspace.objects.filter(pk=membership.workspace_id).values_list(*columns)
