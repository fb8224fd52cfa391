"""Rows that many tests begin with: made once by the real verbs, then put back by one statement."""

import pickle

from django.db import connection, transaction
from psycopg import sql


class Snapshot:
    """What a function wrote to the database, and what it returned.

    Rows come back as they were, with the same ids and times. Sequences are not touched: they have
    moved past these ids when the rows were made. Commit effects of making them are not repeated.
    """

    def __init__(self, make):
        self.make = make
        self.statement = None

    def take(self):
        """Make the rows, remember them, and leave the database without them."""
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
        """Put the rows back and return what the function returned, as new objects."""
        if self.statement is None:
            self.take()
        with connection.cursor() as cursor:
            cursor.execute(self.statement)
        return pickle.loads(self.returned)


def _tables():
    """In the order in which they can be filled; references are checked at the commit anyway."""
    return connection.introspection.django_table_names(only_existing=True)


def _rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
        return [row for [row] in cursor.fetchall()]


def _insert(table, rows):
    """Return the statement as text: several of them can be sent as one if none has parameters."""
    if not rows:
        return ""
    array = sql.Literal(f"[{','.join(rows)}]").as_string(connection.connection)
    name = sql.Identifier(table).as_string(connection.connection)
    return f"INSERT INTO {name} SELECT * FROM jsonb_populate_recordset(null::{name}, {array});"
