"""The ids that resolved conversations are filtered by, in one array, so that one index finds those
that have several of them.

With an index for each filter, PostgreSQL would read the history in its order until fifty
conversations have all of them, and that may be the whole history.
"""

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains, ArrayOverlap
from django.db.models import F, Func, Q, UUIDField
from django.db.models.functions import Coalesce

UNASSIGNED = UUID(int=2**128 - 1)
PRIORITY = "lpad(%(expressions)s::text, 32, '0')::uuid"


def priority_key(priority: int) -> UUID:
    """Return the id that stands for a priority, as PRIORITY does."""
    return UUID(f"{priority:032}")


def filter_keys():
    """Return the indexed expression. A constant must not be a parameter, or it would be another."""
    unassigned = Func(template=f"'{UNASSIGNED}'::uuid", output_field=UUIDField())
    ids = Func(
        F("inbox"),
        F("team"),
        Coalesce(F("assignee"), unassigned),
        Func(F("priority"), template=PRIORITY),
        template="ARRAY[%(expressions)s]",
    )
    return Func(F("label_ids"), ids, function="array_cat", output_field=ArrayField(UUIDField()))


def has_keys(keys, *, any_of=()):
    """Build the condition that a resolved conversation has all these keys, and one of `any_of`."""
    condition = Q(ArrayContains(filter_keys(), list(keys))) if keys else Q()
    return condition & Q(ArrayOverlap(filter_keys(), list(any_of))) if any_of else condition
