"""The ids that resolved conversations are filtered by, in one array, so that one index finds those
that have several of them.

With an index for each filter, PostgreSQL would read the history in its order until fifty
conversations have all of them, and that may be the whole history.

Labels are often used in a few inboxes only, so a label and its inbox also have a key together. With
the label's own key, PostgreSQL would expect as many in every inbox, and read the whole history of
an inbox that has none.
"""

from hashlib import sha256
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains, ArrayOverlap
from django.db.models import Func, Q, UUIDField

from messagehub.lib.prepared_query import as_array

UNASSIGNED = UUID(int=2**128 - 1)
NO_TEAM = UUID(int=2**128 - 2)


def priority_key(priority: int) -> UUID:
    """Return the id that stands for a priority."""
    return UUID(f"{priority:032}")


def label_key(label: UUID, inbox: UUID) -> UUID:
    """Return the id that stands for a label in an inbox."""
    return UUID(bytes=sha256(label.bytes + inbox.bytes).digest()[:16])


def filter_keys():
    """Return the indexed expression (inbox/migrations/0003_filter_keys.py)."""
    return Func(
        *("label_ids", "inbox", "team", "assignee", "priority"),
        function="inbox_filter_keys",
        output_field=ArrayField(UUIDField()),
    )


def has_keys(keys, *any_of):
    """Build the condition that a resolved conversation has all these keys.

    any_of: lists of keys; it also has at least one of each.
    """
    condition = Q(ArrayContains(filter_keys(), as_array(keys))) if keys else Q()
    return condition & Q(*(ArrayOverlap(filter_keys(), as_array(each)) for each in any_of))
