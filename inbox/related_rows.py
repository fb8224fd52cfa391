"""Loads what the rows of a list or the entries of a timeline refer to, each kind at once.

The queries are compiled once, because every list asks them.
"""

from inbox.models import Inbox, Label
from messagehub.lib.prepared_query import PreparedQuery, is_one_of
from teams.models import Membership, Team

MEMBERS = PreparedQuery(
    lambda ids: Membership.objects.filter(is_one_of(ids)).select_related("user"), ids=list
)
RELATED = {
    "inbox": PreparedQuery(lambda ids: Inbox.objects.filter(is_one_of(ids)), ids=list),
    "assignee": MEMBERS,
    "author": MEMBERS,
    "team": PreparedQuery(lambda ids: Team.objects.filter(is_one_of(ids)), ids=list),
    "labels": PreparedQuery(lambda ids: Label.objects.filter(is_one_of(ids)), ids=list),
}


def attach_related(rows, name, known=()):
    """Set what the rows refer to, loaded at once unless it is known."""
    found = {each.pk: each for each in known}
    ids = {getattr(row, f"{name}_id") for row in rows} - found.keys() - {None}
    if ids:
        found |= {each.pk: each for each in RELATED[name].all(ids=list(ids))}
    for row in rows:
        if related := found.get(getattr(row, f"{name}_id")):
            setattr(row, name, related)


def attach_labels(rows):
    """Load the labels of all these conversations or contacts at once; none, if they have none."""
    ids = {pk for each in rows for pk in each.label_ids}
    known = RELATED["labels"].all(ids=list(ids)) if ids else []
    for each in rows:
        each.labels = [label for label in known if label.pk in each.label_ids]
