"""Querysets that are asked with every message: compiled once, asked with new values each time.

Django builds the SQL of a queryset anew whenever it is evaluated; for one with four joined tables
that takes longer than PostgreSQL needs to answer it. Here the SQL is built once a process, and the
rows come out as from the queryset itself.

    one_visitor = PreparedQuery(
        lambda inbox, token_hash: Visitor.objects.filter(inbox=inbox, token_hash=token_hash),
        inbox=UUID,
        token_hash=str,
    )
    one_visitor.first(inbox=inbox.pk, token_hash=digest)

Only values may differ from time to time, not the shape of the SQL: no None, no list for `__in`
(compare with `is_one_of` instead), and nothing that is asked while it is built (timezone.now()).
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connections
from django.db.models import BooleanField, F, Func, UUIDField, Value
from django.db.transaction import TransactionManagementError

# A value nobody else has, so that it is found again among the parameters of the SQL.
SENTINELS: dict[type, Callable[[], object]] = {
    UUID: uuid4,
    str: lambda: uuid4().hex,
    int: lambda: uuid4().int % 2**31,
    datetime: lambda: datetime.fromtimestamp(uuid4().int % 2**40 / 1000, UTC),
    list: lambda: [uuid4()],
}


class PreparedQuery:
    def __init__(self, make: Callable, **types: type):
        """make: of one keyword for each name in `types`, returns the queryset."""
        self.make, self.types = make, types
        self.template = None

    def all(self, **values) -> list:
        """The rows. Raises TypeError for other names than those of the declaration, and
        TransactionManagementError for a lock outside of a transaction."""
        if values.keys() != self.types.keys():
            raise TypeError(f"wanted {sorted(self.types)}, got {sorted(values)}")
        template = self.template or self.compile()
        return list(template.queryset_with(values))

    def first(self, **values):
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def compile(self) -> "Template":
        # Two threads that come first do it twice, with the same result.
        sentinels = {name: SENTINELS[kind]() for name, kind in self.types.items()}
        self.template = Template(self.make(**sentinels), sentinels)
        return self.template


class Template:
    """A queryset, its SQL, and at which places of the SQL which value belongs."""

    def __init__(self, queryset, sentinels):
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, params = self.compiler.as_sql()
        self.params = [place(param, sentinels) for param in params]
        if missing := sentinels.keys() - {name for name, _param in self.params}:
            raise ValueError(f"not in the SQL as they are: {sorted(missing)}")

    def queryset_with(self, values):
        connection = connections[self.queryset.db]  # each thread has its own
        if self.queryset.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("a lock outside of a transaction holds nothing")
        params = tuple(values[name] if name else param for name, param in self.params)
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *about, **more: (self.sql, params)
        queryset = self.queryset._chain()
        queryset.query.get_compiler = lambda *about, **more: compiler
        return queryset


def place(param, sentinels):
    """(name of the value that belongs here, None), or ("", what always stands here)."""
    for name, sentinel in sentinels.items():
        if type(param) is type(sentinel) and param == sentinel:
            return name, None
    return "", param


def is_one_of(ids, field="pk"):
    """`field` is one of these UUIDs, as one parameter whatever their number.

    Looked up in a hash table: with `= ANY` a prepared statement compares with each of them.
    """
    rows = Func(Value(ids, ArrayField(UUIDField())), function="unnest")
    words = {"template": "%(expressions)s)", "arg_joiner": " IN (SELECT "}
    return Func(F(field), rows, output_field=BooleanField(), **words)
