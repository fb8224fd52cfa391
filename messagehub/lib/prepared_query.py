"""Compile a queryset once per process, then run it with different values each time.

Django builds the SQL of a queryset whenever it is evaluated; with four joined tables that takes
longer than PostgreSQL needs to run it. This is for the queries of every message. The rows are the
same as from the queryset itself.

    one_visitor = PreparedQuery(
        lambda inbox, token_hash: Visitor.objects.filter(inbox=inbox, token_hash=token_hash),
        inbox=UUID,
        token_hash=str,
    )
    one_visitor.first(inbox=inbox.pk, token_hash=digest)

Only the values may differ, not the shape of the SQL: no None, no list for `__in` (use `is_one_of`
instead), and nothing that is evaluated while the queryset is built, such as timezone.now().
"""

import copy
import re
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import connections
from django.db.models import BooleanField, F, Func, UUIDField, Value
from django.db.transaction import TransactionManagementError
from psycopg.sql import Literal

# Unique values that can be found again among the parameters of the SQL.
SENTINELS: dict[type, Callable[[], object]] = {
    UUID: uuid4,
    str: lambda: uuid4().hex,
    int: lambda: uuid4().int % 2**31,
    datetime: lambda: datetime.fromtimestamp(uuid4().int % 2**40 / 1000, UTC),
    list: lambda: [uuid4()],
}


class PreparedQuery:
    def __init__(
        self, build: Callable, *, optional: str = "", plans_once: bool = False, **types: type
    ):
        """`build` takes one keyword argument for each name in `types` and returns the queryset.

        optional: a name that the SQL may do without. plans_once: PostgreSQL doesn't need the values
        for a good plan. It then gets the constants in the SQL, because an index with a condition is
        of no use for a status that could be any.
        """
        self.build, self.types, self.optional = build, types, optional
        self.plans_once = plans_once
        self.template = None

    def all(self, **values) -> list:
        """Return the rows.

        Raises TypeError for undeclared or missing names, and TransactionManagementError for a lock
        outside of a transaction.
        """
        if values.keys() != self.types.keys():
            raise TypeError(f"expected {sorted(self.types)}, got {sorted(values)}")
        template = self.template or self.compile()
        return list(template.queryset_with(values))

    def first(self, **values):
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def estimate_count(self, **values) -> int:
        """Return how many rows PostgreSQL expects, from its statistics alone."""
        template = self.template or self.compile()
        with connections[template.queryset.db].cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {template.sql}", template.bind(values))
            [[[plan]]] = cursor.fetchall()
        return plan["Plan"]["Plan Rows"]

    def compile(self) -> "Template":
        # Two threads may compile it at the same time, with the same result.
        sentinels = {name: SENTINELS[kind]() for name, kind in self.types.items()}
        template = Template(self.build(**sentinels), sentinels, self.optional)
        if self.plans_once:
            template.write_constants()
        self.template = template
        return template


class Template:
    """A queryset, its SQL, which value belongs to which parameter, and how columns are read."""

    def __init__(self, queryset, sentinels, optional=""):
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, params = self.compiler.as_sql()
        self.params = [bind_value(param, sentinels) for param in params]
        columns = [column for column, *_ in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(columns)
        used = {name for name, _param in self.params}
        if missing := sentinels.keys() - used - {optional}:
            raise ValueError(f"not passed unchanged to the SQL: {sorted(missing)}")

    def write_constants(self):
        """Put the constant parameters into the SQL."""
        params = iter(self.params)

        def write(placeholder):
            if placeholder[0] == "%%":
                return "%%"
            name, constant = next(params)
            return "%s" if name else Literal(constant).as_string().replace("%", "%%")

        self.sql = re.sub("%[%s]", write, self.sql)
        self.params = [(name, param) for name, param in self.params if name]

    def bind(self, values) -> tuple:
        return tuple(values[name] if name else param for name, param in self.params)

    def queryset_with(self, values):
        connection = connections[self.queryset.db]  # each thread has its own
        if self.queryset.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("a lock outside of a transaction has no effect")
        params = self.bind(values)
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **kwargs: (self.sql, params)
        compiler.get_converters = lambda columns: self.converters
        queryset = self.queryset._chain()
        queryset.query.get_compiler = lambda *args, **kwargs: compiler
        return queryset


def bind_value(param, sentinels) -> tuple:
    """Return (name of the value, None) for a sentinel, else ("", the constant parameter)."""
    for name, sentinel in sentinels.items():
        # Django passes an integer as one of psycopg's types for it.
        if isinstance(param, type(sentinel)) and param == sentinel:
            return name, None
    return "", param


def is_one_of(ids, field="pk"):
    """Build the condition that `field` is one of these UUIDs, passed as a single parameter.

    PostgreSQL looks them up in a hash table. With `= ANY` a prepared statement would compare with
    each of them.
    """
    rows = Func(as_array(ids), function="unnest")
    template = {"template": "%(expressions)s)", "arg_joiner": " IN (SELECT "}
    return Func(F(field), rows, output_field=BooleanField(), **template)


def equals_any(field, array):
    """Build the condition that `field` equals an element of an array: ids, or a subquery's values.

    PostgreSQL plans it for these ids, if it knows them, and finds those of a subquery first. With
    IN, it may start from the other conditions instead.
    """
    array = as_array(array) if isinstance(array, list) else array
    template = {"template": "%(expressions)s)", "arg_joiner": " = ANY ("}
    return Func(F(field), array, output_field=BooleanField(), **template)


def as_array(ids):
    """Build an array of ids that is passed as a single parameter."""
    return Value(ids, ArrayField(UUIDField()))
