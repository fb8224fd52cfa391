"""What is beside the desk's list: saved views with their counts, inboxes and members."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from inbox.conversation_list import ConversationList
from inbox.member_queries import find_for
from inbox.models import Conversation, FavouriteInbox, Inbox, SavedView
from messagehub.lib.prepared_query import PreparedQuery, is_one_of
from teams import presence
from teams.availability import in_workspace, with_availability
from teams.models import Membership

MOST = 12  # inboxes or members that are listed without folding


class Folded(NamedTuple):
    """A long list: the rows shown first, and how many there are. The others load on request."""

    shown: list
    count: int

    @property
    def is_folded(self):
        return len(self.shown) < self.count


def load_views(membership):
    """Return the member's own saved views and the shared ones, each with its open_count."""
    views = list_views(membership)
    counts = count_views(membership, views)
    for view in views:
        view.open_count = counts.get(view.count_name)
    return views


def list_views(membership):
    return find_for(membership, visible_views)


def visible_views(membership):
    return SavedView.objects.visible_to(membership)


def count_views(membership, views):
    """Count the open conversations of each view that shows open ones, in one query."""
    conditions = {
        view.count_name: ConversationList(view.filters, membership).condition
        for view in views
        if view.filters.status == Conversation.Status.OPEN
    }
    if not conditions:
        return {}
    counts = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    return Conversation.objects.visible_to(membership).open().aggregate(**counts)


def load_inboxes(membership, open_counts):
    """Return a member's inboxes, each with its open_count from count_open() and is_favourite."""
    inboxes = find_for(membership, visible_inboxes)
    for inbox in inboxes:
        inbox.open_count = open_counts.get(inbox.pk, 0)
    return inboxes


def visible_inboxes(membership):
    favourites = FavouriteInbox.objects.filter(membership=membership, inbox=OuterRef("pk"))
    inboxes = Inbox.objects.visible_to(membership).annotate(is_favourite=Exists(favourites))
    return inboxes.order_by("created_at")


def fold_inboxes(inboxes, chosen=None):
    """Put favourites first, then the inboxes with most open conversations; fold the rest.

    `chosen`, the id of the inbox that the list is of, is always shown.
    """
    if len(inboxes) <= MOST:
        return Folded(inboxes, len(inboxes))
    ranked = sorted(inboxes, key=lambda each: (not each.is_favourite, -each.open_count))
    first = {
        each.pk
        for position, each in enumerate(ranked)
        if each.is_favourite or each.pk == chosen or (position < MOST and each.open_count)
    }
    shown = [each for each in rank_inboxes(inboxes) if each.pk in first]
    return Folded(shown, len(inboxes))


def rank_inboxes(inboxes):
    """Sort many inboxes: favourites first, then by name."""
    return sorted(inboxes, key=lambda each: (not each.is_favourite, each.name.casefold()))


TEAM = PreparedQuery(
    lambda workspace: (
        Membership.objects.active()
        .filter(workspace=workspace)
        .select_related("user")
        .order_by("user__name", "pk")
    ),
    workspace=UUID,
)
TEAM_SIZE = PreparedQuery(
    lambda workspace: (
        Membership.objects.active()
        .filter(workspace=workspace)
        .values("workspace")
        .annotate(size=Count("pk"))
        .order_by()
        .values_list("size")
    ),
    workspace=UUID,
)
# Of many, those who may be online: there can be a thousand, and few of them are shown.
SHOWN_MEMBERS = PreparedQuery(
    lambda workspace, online: (
        TEAM.build(workspace)
        .annotate(team_size=Subquery(TEAM_SIZE.build(workspace)))
        .filter(Q(is_one_of(online)) | Q(away_at__isnull=False) | Q(team_size__lte=MOST))
    ),
    workspace=UUID,
    online=list,
)
FIRST = 2 * MOST  # Some of those with a page open are outside of their office hours.
FIRST_MEMBERS = PreparedQuery(
    lambda workspace, online: SHOWN_MEMBERS.build(workspace, online)[:FIRST],
    workspace=UUID,
    online=list,
)


def load_team(workspace):
    """Return all members of the workspace with their availability, by name."""
    return with_availability(in_workspace(TEAM.all(workspace=workspace.pk), workspace))


def fold_members(workspace, team=None):
    """Show all members, or of many some of those who are online. team: all members, if loaded."""
    if team is None:
        team = load_shown_members(workspace)
        size = team[0].team_size if team else TEAM_SIZE.all(workspace=workspace.pk)[0][0]
    else:
        size = len(team)
    if size <= MOST:
        return Folded(team, size)
    return Folded(online_of(team)[:MOST], size)


def load_shown_members(workspace):
    """Load those who may be online, by name: the first ones, if enough of them are shown."""
    online = presence.find_online(workspace.pk) or ()
    for query in (FIRST_MEMBERS, SHOWN_MEMBERS):
        members = query.all(workspace=workspace.pk, online=list(online))
        members = with_availability(in_workspace(members, workspace))
        if len(members) < FIRST or len(online_of(members)) >= MOST:
            break
    return members


def online_of(members):
    return [each for each in members if each.presence != "offline"]
