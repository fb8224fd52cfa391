"""The form that filters the desk's list, and the chips that say what it filters by."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.conversation_filters import NONE
from inbox.list_order import ORDERS
from inbox.models import Conversation


class Filter(NamedTuple):
    """The texts of one filter. any: for no filter; none: for conversations without a value."""

    label: Promise
    any: Promise
    chip: Promise
    none: Promise | str = ""


TEXTS = {
    "inbox": Filter(_("Inbox"), _("All inboxes"), _("Inbox: %(name)s")),
    "assignee": Filter(_("Assigned Agent"), _("All agents"), _("Agent: %(name)s")),
    "team": Filter(_("Team"), _("All teams"), _("Team: %(name)s"), _("No team")),
    "label": Filter(_("Label"), _("All labels"), _("Label: %(name)s"), _("No label")),
    "priority": Filter(
        _("Priority"), _("Every priority"), _("Priority: %(name)s"), _("No priority")
    ),
    "owner": Filter(
        _("Contact owner"), _("Everyone’s contacts"), _("Owner: %(name)s"), _("No owner")
    ),
}


@dataclass
class Field:
    name: str
    texts: Filter
    options: list[tuple[str, str]]
    value: str


class Chip(NamedTuple):
    text: str
    query: str  # of the list without this filter


def build_fields(filters, workspace, *, inboxes, members):
    """Return the fields of the form, without those that would have only one choice."""
    values = filters.values
    fields = []
    for name, texts in TEXTS.items():
        choices = find_choices(name, workspace, inboxes=inboxes, members=members)
        options = [(str(each.pk), each.name) for each in choices]
        options = [(NONE, texts.none), *options] if texts.none else options
        if len(options) > 1 or name in values:
            fields.append(Field(name, texts, options, values.get(name, "")))
    return fields


def build_chips(filters, workspace, *, inboxes, members, rows=()):
    """Return a chip for each filter and for an unusual order, each with the URL that removes it.

    The list's title names the inbox if nothing else is filtered. rows: those that the filters
    found, so their label and their team need no query.
    """
    only_inbox = list(filters.chosen) == ["inbox"] and filters.order == "latest"
    if only_inbox and any(each.pk == filters.inbox for each in inboxes):
        return []
    chips = []
    for name, value in filters.chosen.items():
        texts = TEXTS[name]
        if value == NONE:
            chosen = texts.none
        else:
            choices = list_shown(name, rows)
            choices = choices or find_choices(name, workspace, inboxes=inboxes, members=members)
            names = {str(each.pk): each.name for each in choices}
            chosen = names.get(str(value), _("not available"))
        chips.append(Chip(texts.chip % {"name": chosen}, filters.query_with(**{name: ""})))
    if filters.order != "latest":
        text = _("Order: %(name)s") % {"name": ORDERS[filters.order].label}
        chips.append(Chip(text, filters.query_with(order="")))
    return chips


def list_shown(name, rows):
    """Return the labels or the team of the first row, which has those that it is filtered by."""
    if not rows or name not in ("label", "team"):
        return []
    return rows[0].labels if name == "label" else [rows[0].team]


class Choice(NamedTuple):
    pk: int
    name: Promise | str


def find_choices(name, workspace, *, inboxes, members):
    """Return the rows to choose from: only what the member may see."""
    if name == "inbox":
        return inboxes
    if name == "team":
        return workspace.teams.order_by("name")
    if name == "label":
        return workspace.labels.all()
    if name == "priority":
        known = reversed(Conversation.Priority.choices)
        return [Choice(value, label) for value, label in known if value]
    return members
