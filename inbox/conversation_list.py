"""Finds the conversations that the desk's lists show."""

from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache

from inbox.conversation_filters import NONE, ConversationFilters
from inbox.list_query import ListQuery, Source, find_assignees, is_id, with_keys
from inbox.member_queries import find_for
from inbox.models import Inbox
from inbox.models.filter_keys import NO_TEAM, UNASSIGNED, label_key, priority_key
from inbox.related_rows import attach_labels, attach_related
from messagehub.lib.database import planned_for_its_values
from messagehub.lib.prepared_query import PreparedQuery
from teams.models import Membership
from teams.permissions import Permission

PAGE_SIZE = 50
# Resolved conversations to read and sort for a page. If more have what the filters ask for, the
# first 5,000 of a million contain a page of them.
MOST_BY_KEYS = 10_000
KEY_FILTERS = {"label", "priority", "team"}


@dataclass(frozen=True)
class ConversationList:
    """The conversations that a member sees with these filters."""

    filters: ConversationFilters
    membership: Membership

    def get_page(self, before="", *, inboxes=(), members=()):
        """Return the rows after the position `before`, in order.

        One row more than PAGE_SIZE shows that another page follows.

        inboxes: all that the member may see. members: any. Those that the caller has loaded aren't
        loaded again.
        """
        position = self.filters.list_order.parse_position(before)
        if not inboxes and self.needs_inboxes:
            inboxes = find_for(self.membership, visible_inboxes)
        with self.planned_for_filters():
            build, values = self.prepare(PAGE_SIZE + 1, position, inboxes)
            rows = find_for(self.membership, build, **values)
        for row in rows:
            row.workspace = self.membership.workspace
        attach_related(rows, "inbox", inboxes)
        attach_related(rows, "assignee", members)
        attach_related(rows, "team")
        attach_labels(rows)
        return rows

    def find_ids(self, most):
        """Return the ids of the conversations in the list, in its order, at most this many."""
        with self.planned_for_filters():
            rows = self.find_rows(most)
            return [pk for [pk] in rows.values_list("pk")]

    def find_rows(self, size):
        """Return the first rows as a queryset."""
        inboxes = find_for(self.membership, visible_inboxes) if self.needs_inboxes else ()
        build, values = self.prepare(size, None, inboxes)
        return build(self.membership, **values)

    def planned_for_filters(self):
        """Plan the query for the values of the filters: some are common, and others rare."""
        return planned_for_its_values() if self.filters.chosen else nullcontext()

    @property
    def condition(self):
        """Return the condition for a conversation that the member may see to be in the list."""
        return ListQuery(self.filters).condition(self.membership)

    def prepare(self, size, position, inboxes):
        """Return a ListQuery and the values for it.

        inboxes: those that the member may see, if they are needed.
        """
        source, values = self.choose_source(inboxes)
        if position is not None:
            time, number = position
            values |= {"number": number} | ({"time": time} if time else {})
        ids = dict.fromkeys(name for name, each in self.filters.chosen.items() if is_id(each))
        return ListQuery(replace(self.filters, **ids), size, source), values

    def choose_source(self, inboxes):
        """Return what the list is read from, and the values that this takes."""
        values = {name: each for name, each in self.filters.chosen.items() if is_id(each)}
        if self.filters.view == "mentions":
            return Source.MENTIONS, values
        if self.is_indexed:
            return Source.INBOXES, values
        visible = {"inboxes": [each.pk for each in inboxes]} if self.needs_inboxes else {}
        if self.has_keys:
            keys = self.list_keys(**visible)
            if estimate_count(keys) <= MOST_BY_KEYS:
                values = {name: values[name] for name in ("label", "owner") if name in values}
                return Source.KEYS, values | keys | ({} if "labels" in keys else visible)
            # Those on the first page are found sooner in the list's order.
        return Source.ALL, values | visible

    @property
    def needs_inboxes(self):
        """Return whether the query takes the ids of the member's inboxes.

        PostgreSQL doesn't know how many conversations the inboxes that a subquery finds have.
        """
        if self.filters.status != "resolved" or self.filters.view == "mentions":
            return False
        if not self.filters.chosen or self.filters.inbox or self.membership.sees_all_inboxes:
            return False
        return not self.is_indexed

    @property
    def is_indexed(self):
        """Return whether it's best to read each inbox from its index, which has the list's order.

        With a filter that the index doesn't have, the history is found by its keys, if the filter
        has one, or read in its order. Too few of it are someone's own or unassigned.
        """
        filters, membership = self.filters, self.membership
        shows_all = filters.view == "all" and membership.can(Permission.SEE_ALL)
        if filters.order != "latest":
            return filters.status == "resolved" and shows_all and filters.chosen.keys() <= {"inbox"}
        is_scattered = bool(filters.owner or filters.label or filters.priority)
        if self.has_keys:
            if shows_all:
                return not is_scattered and filters.team != NONE
            return {filters.label, filters.priority, filters.team} <= {None, NONE}
        return not (is_scattered and shows_all and not filters.inbox)

    @property
    def has_keys(self):
        return self.filters.status == "resolved" and bool(self.keys.keys() & KEY_FILTERS)

    @property
    def keys(self):
        """Return the ids by which the history's index finds conversations, by filter."""
        keys = {name: each for name, each in self.filters.chosen.items() if each != NONE}
        keys.pop("owner", None)  # it is the contact's
        if priority := self.filters.priority:
            keys["priority"] = priority_key(0 if priority == NONE else priority)
        if self.filters.team == NONE:
            keys["team"] = NO_TEAM
        return keys

    def list_keys(self, inboxes=()):
        """Return the keys as with_keys() takes them.

        inboxes: the ids of the inboxes in the list, unless it has all of them.
        """
        keys, found = self.keys, {}
        assignees = find_assignees(self.filters.view, self.membership)
        if assignees != [{}]:
            ids = [each["assignee"] and each["assignee"].pk for each in assignees]
            found["assignees"] = [pk or UNASSIGNED for pk in ids]
        inboxes = [self.filters.inbox] if self.filters.inbox else inboxes
        if inboxes and "label" in keys:
            keys.pop("inbox", None)
            found["labels"] = [label_key(keys["label"], inbox) for inbox in inboxes]
            del keys["label"]
        return found | ({"keys": list(keys.values())} if keys else {})


def estimate_count(keys) -> int:
    """Return how many conversations with_keys(**keys) finds according to the statistics."""
    return keys_query(*keys).estimate_count(**keys)


@cache
def keys_query(*names):
    return PreparedQuery(
        lambda **keys: with_keys(**keys).values("pk"), **dict.fromkeys(names, list)
    )


def visible_inboxes(membership):
    return Inbox.objects.visible_to(membership).order_by("pk").only("workspace", "name")
