"""Builds the queries of the desk's lists."""

from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import reduce
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, OuterRef, Q

from inbox.conversation_filters import FILTERS, NONE, ConversationFilters
from inbox.mentions import find_mentioned
from inbox.models import Contact, Conversation, ConversationLabel, Inbox, Label, Mention
from inbox.models.filter_keys import has_keys
from messagehub.lib.prepared_query import equals_any
from teams.permissions import Permission

# The columns that a row shows or passes to the page's scripts.
SHOWN = (
    *("number", "status", "preview", "preview_kind", "last_activity_at", "waiting_since"),
    *("snoozed_until", "response_timer_started_at", "response_due_at", "priority", "label_ids"),
    *("workspace", "inbox", "assignee", "team"),
    *("contact__name", "contact__email", "contact__owner"),
)


class Source(Enum):
    """What a list is read from."""

    INBOXES = auto()  # the index of each inbox, in the list's order
    MENTIONS = auto()
    KEYS = auto()  # the index of the history's keys
    ALL = auto()  # all inboxes at once, in the list's order


@dataclass(frozen=True)
class ListQuery:
    """Builds the query of a list, which is compiled once for all ids in the filters."""

    filters: ConversationFilters
    size: int = 0
    source: Source = Source.ALL

    def __call__(self, membership, *, time=None, number=None, **values):
        """Return the rows.

        time, number: the position of the row before them. values: the ids in the filters, and the
        arguments of find_by_keys() or find_all().
        """
        ids = {name: values.pop(name) for name in FILTERS if name in values}
        return replace(self, filters=replace(self.filters, **ids)).build(
            membership, None if number is None else (time, number), **values
        )

    def build(self, membership, position, **values):
        visible = Conversation.objects.visible_to(membership).select_related("contact")
        visible = visible.only(*SHOWN)
        order = self.filters.list_order
        if self.source == Source.MENTIONS:
            mentioned = find_mentioned(visible, membership).filter(self.condition(membership))
            return self.first_of(mentioned, position)
        # The numbers first, because PostgreSQL would load the contact of every row that it sorts.
        if self.source == Source.INBOXES:
            numbers = self.find_by_inbox(membership, position)
        else:
            find = self.find_by_keys if self.source == Source.KEYS else self.find_all
            numbers = self.first_of(find(membership, **values), position).values("number")
        return order.sort(visible.filter(equals_any("number", ArraySubquery(numbers))))

    def first_of(self, conversations, position):
        # Of the history, one agent's part: PostgreSQL would rather read it all in the list's order.
        is_few = (
            self.source == Source.KEYS
            or self.filters.status != "resolved"
            or self.filters.view == "mine"
            or bool(self.filters.assignee)
        )
        order = self.filters.list_order
        after = order.after(conversations, position)
        return order.sort(after, ignoring_index=is_few)[: self.size]

    def find_by_inbox(self, membership, position):
        """Return the numbers of the first conversations."""
        inboxes = Inbox.objects.visible_to(membership)
        if self.filters.inbox:
            inboxes = inboxes.filter(pk=self.filters.inbox)
        order = self.filters.list_order
        rows = Conversation.objects.filter(self.let_through, inbox=OuterRef("pk"))
        rows = order.after(rows, position)
        lists = [rows.filter(**each) for each in find_assignees(self.filters.view, membership)]
        return find_first(inboxes, lists, order, self.size)

    def find_all(self, membership, inboxes=None):
        """Return the conversations of the list, for an index in its order."""
        visible = Conversation.objects.visible_to(membership, inboxes)
        return visible.filter(self.condition(membership))

    def find_by_keys(self, membership, inboxes=None, **keys):
        """Return the conversations of the list by the keys of the history's index."""
        filters = self.filters
        rows = with_keys(**keys).filter(workspace=membership.workspace_id)
        if inboxes is not None:
            rows = rows.filter(equals_any("inbox", inboxes))
        if is_id(filters.label):
            rows = rows.filter(self.is_label_known)
        without_key = {"owner"} | ({"label"} if filters.label == NONE else set())
        return rows.filter(self.conditions_of(without_key))

    def condition(self, membership):
        """Return the condition for a conversation that the member may see to be in the list."""
        if self.filters.view == "mentions":
            mentions = Mention.objects.filter(membership=membership)
            return self.let_through & Q(pk__in=mentions.values("conversation"))
        if self.filters.view == "all":
            return self.let_through
        return self.let_through & Q(**find_assignees(self.filters.view, membership)[0])

    @property
    def let_through(self):
        """Return the filters' condition, without the view's condition for the assignee."""
        return Q(status=self.filters.status) & self.conditions_of(self.filters.chosen)

    def conditions_of(self, names):
        """Return the condition of the filters with these names."""
        wanted = {name: value for name, value in self.filters.chosen.items() if name in names}
        return Q(*(self.condition_of(name, value) for name, value in wanted.items()))

    def condition_of(self, name, value):
        if name == "label":
            if value == NONE:
                return ~Q(Exists(ConversationLabel.objects.filter(conversation=OuterRef("pk"))))
            return self.is_label_known & Q(label_ids__contains=[value])
        if (name, value) == ("owner", NONE):
            # Fewer contacts have an owner than have none, and PostgreSQL would load all of those.
            owned = Contact.objects.exclude(owner=None)
            return ~Q(Exists(owned.filter(pk=OuterRef("contact"))))
        if value == NONE:
            value = 0 if name == "priority" else None
        return Q(**{"contact__owner" if name == "owner" else name: value})

    @property
    def is_label_known(self):
        """Return the condition that the label was not deleted, since rows may still have its id."""
        return Q(Exists(Label.objects.filter(pk=self.filters.label)))


def is_id(value):
    return isinstance(value, UUID)


def find_assignees(view, membership):
    """Return conditions for the assignee that together make up the view.

    There is an index for each, so the view of a member who doesn't see all is made up of two.
    """
    mine, unassigned = {"assignee": membership}, {"assignee": None}
    if view == "all":
        return [{}] if membership.can(Permission.SEE_ALL) else [mine, unassigned]
    return [mine if view == "mine" else unassigned]


def with_keys(keys=(), **any_of):
    """Return the resolved conversations with all keys, and one of each of the other lists."""
    return Conversation.objects.filter(has_keys(keys, *any_of.values()), status="resolved")


def find_first(inboxes, lists, order, size):
    """Return the numbers of the first conversations in inboxes of one workspace.

    It reads the first of each inbox and each list from their index and sorts only those. With one
    condition for all inboxes together, PostgreSQL would sort their whole history.
    """

    def first(column):
        parts = [ArraySubquery(order.sort(rows).values(column)[:size]) for rows in lists]
        return Func(reduce(concatenate, parts), function="unnest")

    columns = [column for column in (order.time, "number") if column]
    found = inboxes.annotate(**{f"first_{column}": first(column) for column in columns})
    keys = [F(f"first_{column}") for column in columns]
    keys = [key.desc() if order.is_descending else key.asc() for key in keys]
    return found.order_by(*keys).values("first_number")[:size]


def concatenate(array, other):
    return Func(array, other, function="array_cat")
