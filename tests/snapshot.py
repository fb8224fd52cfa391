"""Create rows once by the product's actions, then restore them for each test by one statement."""

import pickle

from django.db import connection, transaction
from psycopg import sql


class Snapshot:
    """The rows that a function wrote to the database, and its return value.

    Restored rows have the same ids and times. Sequences are unchanged, because they were advanced
    when the rows were created. on_commit hooks don't run again.
    """

    def __init__(self, make):
        self.make = make
        self.statement = None

    def take(self):
        """Create the rows, remember them, and roll them back."""
        with transaction.atomic():
            before = {table: set(_rows(table)) for table in _tables()}
            made = self.make()
            parts = [
                _insert(table, [row for row in _rows(table) if row not in before[table]])
                for table in before
            ]
            self.statement = "".join(parts)
            self.returned = pickle.dumps(made)
            transaction.set_rollback(True)

    def restore(self):
        """Insert the rows again and return a copy of the function's return value."""
        if self.statement is None:
            self.take()
        with connection.cursor() as cursor:
            cursor.execute(self.statement)
        return pickle.loads(self.returned)


def _tables():
    """List the tables. Their order doesn't matter, because references are checked at the commit."""
    return connection.introspection.django_table_names(only_existing=True)


def _rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
        return [row for [row] in cursor.fetchall()]


def _insert(table, rows):
    """Return an INSERT without parameters, so that several can be sent together."""
    if not rows:
        return ""
    array = sql.Literal(f"[{','.join(rows)}]").as_string(connection.connection)
    name = sql.Identifier(table).as_string(connection.connection)
    columns = ", ".join(_columns(table))
    return (
        f"INSERT INTO {name} ({columns}) "
        f"SELECT {columns} FROM jsonb_populate_recordset(null::{name}, {array});"
    )


def _columns(table):
    """List the table's quoted columns, without those that the database computes."""
    query = """
        SELECT quote_ident(attname) FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return [column for [column] in cursor.fetchall()]
