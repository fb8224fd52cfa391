"""What stands beside the desk's list: saved views with their counts, inboxes and members."""

from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef

from inbox.models import Conversation, FavouriteInbox, Inbox, SavedView

MOST = 12  # inboxes or members that are listed without folding


class Folded(NamedTuple):
    """Rows of a long list: those shown first, and the rest behind “Show all”."""

    shown: list
    rest: list

    @property
    def count(self):
        return len(self.shown) + len(self.rest)


def load_views(membership):
    """Return the member's own saved views and the shared ones, each with its open_count."""
    views = list(SavedView.objects.visible_to(membership))
    counts = count_views(membership, views)
    for view in views:
        view.open_count = counts.get(view.count_name)
    return views


def count_views(membership, views):
    """Count the open conversations of each view that shows open ones, in one query."""
    conditions = {
        view.count_name: view.filters.condition(membership)
        for view in views
        if view.filters.status == Conversation.Status.OPEN
    }
    if not conditions:
        return {}
    counts = {name: Count("pk", filter=condition) for name, condition in conditions.items()}
    return Conversation.objects.visible_to(membership).open().aggregate(**counts)


def load_inboxes(membership, open_counts):
    """Return a member's inboxes, each with its open_count from count_open() and is_favourite."""
    favourites = FavouriteInbox.objects.filter(membership=membership, inbox=OuterRef("pk"))
    inboxes = Inbox.objects.visible_to(membership).annotate(is_favourite=Exists(favourites))
    inboxes = list(inboxes.order_by("created_at"))
    for inbox in inboxes:
        inbox.open_count = open_counts.get(inbox.pk, 0)
    return inboxes


def fold_inboxes(inboxes, chosen=None):
    """Put favourites first, then the inboxes with most open conversations; fold the rest.

    `chosen`, the id of the inbox that the list is of, is always shown.
    """
    if len(inboxes) <= MOST:
        return Folded(inboxes, [])
    ranked = sorted(inboxes, key=lambda each: (not each.is_favourite, -each.open_count))
    first = {
        each.pk
        for place, each in enumerate(ranked)
        if each.is_favourite or each.pk == chosen or (place < MOST and each.open_count)
    }
    by_name = sorted(inboxes, key=lambda each: (not each.is_favourite, each.name.casefold()))
    return fold(by_name, lambda each: each.pk in first)


def fold_members(members):
    """Show some of those who are online; `members` are sorted by name."""
    if len(members) <= MOST:
        return Folded(members, [])
    online = {each.pk for each in members if each.presence != "offline"}
    first = {each.pk for each in [each for each in members if each.pk in online][:MOST]}
    return fold(members, lambda each: each.pk in first)


def fold(rows, is_shown):
    return Folded(
        [each for each in rows if is_shown(each)], [each for each in rows if not is_shown(each)]
    )
