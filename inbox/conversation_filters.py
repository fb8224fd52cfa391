"""The filters of the desk's lists, as the page's URL says them."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inbox.list_order import LATEST_MENTION, ORDERS
from inbox.models import Conversation
from messagehub.lib.text import parse_number, parse_uuid

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


def parse_choice(text):
    """Return the id, NONE for those that have none, or None if the text is neither."""
    return NONE if text == NONE else parse_uuid(text)


def parse_priority(text):
    priority = parse_number(text)
    is_known = priority and priority in Conversation.Priority.values
    return NONE if text == NONE else priority if is_known else None
