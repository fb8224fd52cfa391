"""Store a row with SQL that is built once per process.

Model.save() builds its SQL each time, which takes longer than PostgreSQL needs to run it. This is
for the rows of every message. Unlike save() it sends no signals and doesn't read generated fields
back, so that inside of one_round_trip() nothing waits for it.
"""

from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections


def insert_row(row):
    """Insert a new instance and return it."""
    run(row, *insert_statement(type(row)), is_new=True)
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return row


def update_row(row, names):
    """Save these fields (a tuple of names) of a stored instance."""
    run(row, *update_statement(type(row), names), is_new=False)


def run(row, sql, fields, *, is_new):
    connection = connections[DEFAULT_DB_ALIAS]  # a proxy would be asked many times
    values = [
        field.get_db_prep_save(field.pre_save(row, is_new), connection=connection)
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@cache
def insert_statement(model):
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    columns = ", ".join(quoted(field.column) for field in fields)
    values = ", ".join(map(placeholder, fields))
    table = quoted(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({values})", fields


@cache
def update_statement(model, names):
    fields = [model._meta.get_field(name) for name in names]
    changes = ", ".join(f"{quoted(field.column)} = {placeholder(field)}" for field in fields)
    table, key = model._meta.db_table, model._meta.pk
    sql = f"UPDATE {quoted(table)} SET {changes} WHERE {quoted(key.column)} = %s"
    return sql, [*fields, key]


def quoted(name):
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(name)


def placeholder(field):
    """Return "%s", for some fields with the type of the column."""
    if not hasattr(field, "get_placeholder"):
        return "%s"
    return field.get_placeholder(None, None, connections[DEFAULT_DB_ALIAS])
