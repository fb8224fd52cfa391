"""Finds the conversations that the desk's lists show."""

import json
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import reduce
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inbox.list_order import LATEST_MENTION, ORDERS
from inbox.member_queries import find_for
from inbox.mentions import find_mentioned
from inbox.models import Contact, Conversation, ConversationLabel, Inbox, Label, Mention
from inbox.models.filter_keys import NO_TEAM, UNASSIGNED, has_keys, label_key, priority_key
from inbox.related_rows import attach_labels, attach_related
from messagehub.lib.database import planned_for_its_values
from messagehub.lib.text import parse_number, parse_uuid
from teams.permissions import Permission

PAGE_SIZE = 50
# Resolved conversations to read and sort for a page. If more have what the filters ask for, the
# first 5,000 of a million contain a page of them.
MOST_BY_KEYS = 10_000
VIEWS = {
    "mine": pgettext_lazy("conversations", "Mine"),
    "mentions": _("Mentions"),
    "unassigned": pgettext_lazy("conversations", "Unassigned"),
    "all": pgettext_lazy("conversations", "All"),
}
STATUSES = {
    "open": pgettext_lazy("conversations", "Open"),
    "snoozed": pgettext_lazy("conversations", "Snoozed"),
    "resolved": pgettext_lazy("conversations", "Resolved"),
}
FILTERS = ("inbox", "assignee", "team", "label", "priority", "owner")
NOT_SHOWN = [f"contact__{name}" for name in ("attributes", "label_ids", "search_text", "sources")]
NONE = "none"  # the value of a filter for those that have none
NO_ORDER = ("waiting", "resolved")


@dataclass(frozen=True)
class ConversationFilters:
    """The filters in the page's URL; unknown values fall back to the defaults."""

    view: str
    status: str
    inbox: UUID | None = None
    order: str = "latest"
    assignee: UUID | None = None
    owner: UUID | str | None = None
    team: UUID | str | None = None
    label: UUID | str | None = None
    priority: int | str | None = None

    @classmethod
    def from_query(cls, query):
        view, status, order = (query.get(name) for name in ("view", "status", "order"))
        inbox, assignee = (parse_uuid(query.get(name) or "") for name in ("inbox", "assignee"))
        owner, team, label = (
            parse_choice(query.get(name) or "") for name in ("owner", "team", "label")
        )
        return cls(
            # A chosen agent's conversations are neither the member's own nor unassigned.
            view="all" if assignee else view if view in VIEWS else "mine",
            status=status if status in STATUSES else "open",
            inbox=inbox,
            # No one waits in a resolved conversation.
            order="latest" if order not in ORDERS or (order, status) == NO_ORDER else order,
            assignee=assignee,
            owner=owner,
            team=team,
            label=label,
            priority=parse_priority(query.get("priority") or ""),
        )

    @property
    def values(self) -> dict[str, str]:
        """Return what the URL says, without defaults."""
        values = {name: getattr(self, name) for name in ("view", "status", *FILTERS)}
        values["order"] = "" if self.order == "latest" else self.order
        return {name: str(value) for name, value in values.items() if value}

    @property
    def query(self):
        return urlencode(self.values)

    def query_with(self, **changes):
        """Return the query with other values; an empty one removes a filter."""
        values = self.values | changes
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def order_query(self):
        """Return what a link to another list adds, so that the order stays."""
        return "" if self.order == "latest" else f"&order={self.order}"

    @property
    def unfiltered_query(self):
        return self.query_with(**dict.fromkeys(FILTERS, ""))

    @property
    def chosen(self) -> dict[str, UUID | str]:
        """Return the filters besides view and status that hide conversations."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @property
    def list_order(self):
        """Return the order of the rows: mentions are sorted by their own time."""
        is_by_mention = self.view == "mentions" and self.order == "latest"
        return LATEST_MENTION if is_by_mention else ORDERS[self.order]

    @property
    def view_name(self):
        """Return which link of the sidebar leads to the list, if no inbox is chosen."""
        return self.status if self.view == "all" else self.view

    def get_page(self, membership, before="", *, inboxes=(), members=()):
        """Return the rows after the position `before`, in order.

        One row more than PAGE_SIZE shows that another page follows. Inboxes and members that the
        caller has loaded aren't loaded again.
        """
        position = self.list_order.parse_position(before)
        with self.planned_for_filters():
            if self.chosen.keys() <= {"inbox"}:
                rows = self.find_compiled(membership, position)
            else:
                rows = list(self.find_rows(membership, position, PAGE_SIZE + 1))
        for row in rows:
            row.workspace = membership.workspace
        attach_related(rows, "inbox", inboxes)
        attach_related(rows, "assignee", members)
        attach_related(rows, "team")
        attach_labels(rows)
        return rows

    def find_all(self, membership, most):
        """Return the ids of the conversations in the list, in its order, at most this many."""
        with self.planned_for_filters():
            return [pk for [pk] in self.find_rows(membership, None, most).values_list("pk")]

    def planned_for_filters(self):
        """Plan the query for the values of the filters: some are common, and others rare."""
        return planned_for_its_values() if self.chosen else nullcontext()

    def find_compiled(self, membership, position):
        """Return the rows of a list without filters: most lists, so their queries are compiled."""
        time, number = position or (None, None)
        values = {"inbox": self.inbox, "time": time, "number": number}
        values = {name: value for name, value in values.items() if value is not None}
        build = UnfilteredPage(replace(self, inbox=None), PAGE_SIZE + 1)
        return find_for(membership, build, **values)

    def find_rows(self, membership, position, size):
        order = self.list_order
        visible = Conversation.objects.visible_to(membership).select_related("contact")
        visible = visible.defer(*NOT_SHOWN)
        if self.is_indexed_for(membership):
            inboxes = Inbox.objects.visible_to(membership)
            inboxes = inboxes.filter(pk=self.inbox) if self.inbox else inboxes
            rows = Conversation.objects.filter(self.let_through, inbox=OuterRef("pk"))
            rows = order.after(rows, position)
            lists = [rows.filter(**which) for which in self.assignees(membership)]
            is_first = is_any_of("number", find_first(inboxes, lists, order, size))
            return order.sort(visible.filter(is_first))
        # Of the history, one agent's part: PostgreSQL would rather read it all in the list's order.
        is_few = self.status != "resolved" or self.view == "mine" or bool(self.assignee)
        if self.view == "mentions":
            visible = find_mentioned(visible, membership)
            rows = order.after(visible.filter(self.condition(membership)), position)
            return order.sort(rows, ignoring_index=is_few)[:size]
        # The numbers first, because PostgreSQL would load the contact of every row that it sorts.
        rows = self.find_by_keys(membership)
        if rows is None:
            rows = self.find_by_columns(membership)
        else:
            is_few = True
        rows = order.sort(order.after(rows, position), ignoring_index=is_few)[:size]
        return order.sort(visible.filter(is_any_of("number", rows.values("number"))))

    def find_by_columns(self, membership):
        """Return the conversations of the list, for an index in its order."""
        is_history = self.status == "resolved" and not self.inbox
        inboxes = self.find_inboxes(membership) if is_history else None
        visible = Conversation.objects.visible_to(membership, inboxes)
        return visible.filter(self.condition(membership))

    def find_by_keys(self, membership):
        """Return the conversations of the list by the keys of the history's index.

        None if many have these keys: those on the first page are found sooner in the list's order.
        """
        keys = self.keys
        if self.status != "resolved" or not keys.keys() & {"label", "priority", "team"}:
            return None
        assignees = [
            UNASSIGNED if assignee is None else assignee.pk
            for which in self.assignees(membership)
            for assignee in which.values()
        ]
        any_of = [assignees] if assignees else []
        inboxes = self.find_inboxes(membership)
        wanted = self.conditions_of(self.chosen.keys() - keys.keys())
        if "label" in keys:
            wanted &= self.is_label_known
        if "label" in keys and inboxes is not None:
            del keys["label"]
            keys.pop("inbox", None)
            any_of.append([label_key(self.label, inbox) for inbox in inboxes])
        elif inboxes is not None and not self.inbox:
            wanted &= Q(inbox__in=inboxes)
        rows = Conversation.objects.filter(has_keys(keys.values(), *any_of), status=self.status)
        if estimate_count(rows) > MOST_BY_KEYS:
            return None
        return rows.filter(wanted, workspace=membership.workspace_id)

    def find_inboxes(self, membership):
        """Return the inboxes whose history the list shows, or None for all.

        If there are filters, these are ids, because PostgreSQL doesn't know how many conversations
        the inboxes that a subquery finds have.
        """
        if self.inbox:
            return [self.inbox]
        if membership.sees_all_inboxes:
            return None
        if not self.chosen:
            return Inbox.objects.visible_to(membership)
        return [pk for [pk] in find_for(membership, visible_inbox_ids)]

    def is_indexed_for(self, membership):
        """Return whether it's best to read each inbox from its index, which has the list's order.

        With a filter that the index doesn't have, the history is found by its keys, if the filter
        has one, or read in its order. Too few of it are someone's own or unassigned.
        """
        if self.view == "mentions":
            return False
        shows_all = self.view == "all" and membership.can(Permission.SEE_ALL)
        if self.order != "latest":
            return self.status == "resolved" and shows_all and self.chosen.keys() <= {"inbox"}
        is_scattered = bool(self.owner or self.label or self.priority)
        if self.status == "resolved" and self.keys.keys() & {"label", "priority", "team"}:
            if shows_all:
                return not is_scattered and self.team != NONE
            return {self.label, self.priority, self.team} <= {None, NONE}
        return not (is_scattered and shows_all and not self.inbox)

    @property
    def keys(self):
        """Return the ids by which the history's index finds conversations, by filter."""
        keys = {name: value for name, value in self.chosen.items() if value != NONE}
        keys.pop("owner", None)  # it is the contact's
        if self.priority:
            keys["priority"] = priority_key(0 if self.priority == NONE else self.priority)
        if self.team == NONE:
            keys["team"] = NO_TEAM
        return keys

    @property
    def let_through(self):
        """Return the filters' condition, without the view's condition for the assignee."""
        return Q(status=self.status) & self.conditions_of(self.chosen)

    def conditions_of(self, names):
        """Return the condition of the filters with these names."""
        wanted = {name: value for name, value in self.chosen.items() if name in names}
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
        return Q(Exists(Label.objects.filter(pk=self.label)))

    def condition(self, membership):
        """Return the condition for a conversation that the member may see to be in the list."""
        if self.view == "mentions":
            mentions = Mention.objects.filter(membership=membership)
            return self.let_through & Q(pk__in=mentions.values("conversation"))
        if self.view == "all":
            return self.let_through
        return self.let_through & Q(**self.assignees(membership)[0])

    def assignees(self, membership):
        """Return conditions for the assignee that together make up the view.

        There is an index for each, so the view of a member who doesn't see all is made up of two.
        """
        mine, unassigned = {"assignee": membership}, {"assignee": None}
        if self.view == "all":
            return [{}] if membership.can(Permission.SEE_ALL) else [mine, unassigned]
        return [mine if self.view == "mine" else unassigned]


@dataclass(frozen=True)
class UnfilteredPage:
    """Builds the query of a list without filters, of all inboxes or of one."""

    filters: ConversationFilters
    size: int

    def __call__(self, membership, inbox=None, time=None, number=None):
        filters = replace(self.filters, inbox=inbox)
        position = None if number is None else (time, number)
        return filters.find_rows(membership, position, self.size)


def estimate_count(conversations) -> int:
    """Return how many rows PostgreSQL expects, from its statistics alone."""
    plan = json.loads(conversations.order_by().values("pk").explain(format="json"))
    return plan[0]["Plan"]["Plan Rows"]


def visible_inbox_ids(membership):
    return Inbox.objects.visible_to(membership).order_by("pk").values_list("pk")


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


def is_any_of(column, values):
    """Build the condition that the column has one of these values, which are found first.

    With IN, PostgreSQL may start from the other conditions instead.
    """
    template = {"template": "%(expressions)s)", "arg_joiner": " = ANY ("}
    return Func(F(column), ArraySubquery(values), output_field=BooleanField(), **template)


def parse_choice(text):
    """Return the id, NONE for those that have none, or None if the text is neither."""
    return NONE if text == NONE else parse_uuid(text)


def parse_priority(text):
    priority = parse_number(text)
    is_known = priority and priority in Conversation.Priority.values
    return NONE if text == NONE else priority if is_known else None
