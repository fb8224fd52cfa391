"""Store a row with SQL that is built once per process.

Model.save() builds its SQL each time, which takes longer than PostgreSQL needs to run it. This is
for the rows of every message. Unlike save() it sends no signals and doesn't read generated fields
back, so that inside of one_round_trip() nothing waits for it.
"""

from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections


def insert_row(row):
    """Insert a new instance and return it."""
    sql, fields = insert_statement(type(row))
    execute(sql, values_of(row, fields))
    mark_stored([row])
    return row


def insert_together(*rows):
    """Insert new instances of different models by one statement; each may refer to those before."""
    models = tuple(type(row) for row in rows)
    values = [value for row in rows for value in values_of(row, insert_statement(type(row))[1])]
    execute(insert_together_statement(models), values)
    mark_stored(rows)


def insert_rows(rows):
    """Insert new instances of one model, except those that would violate a unique constraint.

    Values that all rows share are sent once, the others as one array for each column. That takes
    less than half the time of bulk_create().
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    shared, arrays = {}, {}
    for field in insert_statement(type(rows[0]))[1]:
        values = [field.pre_save(row, True) for row in rows]
        if values.count(values[0]) == len(values):
            shared[field] = field.get_db_prep_save(values[0], connection)
        else:
            arrays[field] = [field.get_db_prep_save(value, connection) for value in values]
    sql = insert_rows_statement(tuple(shared), tuple(arrays))
    execute(sql, [*shared.values(), *arrays.values()])
    mark_stored(rows)


def update_row(row, names):
    """Save these fields (a tuple of names) of a stored instance."""
    sql, fields = update_statement(type(row), names)
    execute(sql, values_of(row, fields, is_new=False))


def values_of(row, fields, *, is_new=True) -> list:
    connection = connections[DEFAULT_DB_ALIAS]  # a proxy would be asked many times
    values = [(field, field.pre_save(row, is_new)) for field in fields]
    return [
        None if value is None else field.get_db_prep_save(value, connection)
        for field, value in values
    ]


def execute(sql, values):
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, values)


def mark_stored(rows):
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def insert_statement(model):
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    columns = ", ".join(quoted(field.column) for field in fields)
    values = ", ".join(map(placeholder, fields))
    table = quoted(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({values})", fields


@cache
def insert_together_statement(models):
    *first, last = (insert_statement(model)[0] for model in models)
    parts = ", ".join(f"row_{number} AS ({sql})" for number, sql in enumerate(first))
    return f"WITH {parts} {last}"


@cache
def insert_rows_statement(shared, arrays):
    """shared, arrays: the fields whose value is the same in all rows, and the others.

    Raises TypeError for arrays of arrays, because unnest() would flatten them.
    """
    if any(column_type(field).endswith("[]") for field in arrays):
        raise TypeError("rows with different arrays can't be inserted together")
    columns = [quoted(field.column) for field in (*shared, *arrays)]
    values = [f"%s::{column_type(field)}" for field in shared]
    lists = ", ".join(f"%s::{column_type(field)}[]" for field in arrays)
    names = columns[len(shared) :]
    table = quoted((*shared, *arrays)[0].model._meta.db_table)
    source = f" FROM unnest({lists}) AS each ({', '.join(names)})" if arrays else ""
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values + names)}{source}"
        " ON CONFLICT DO NOTHING"
    )


def column_type(field):
    """Return the type without a length: a cast to that would shorten what is too long."""
    return field.db_type(connections[DEFAULT_DB_ALIAS]).partition("(")[0]


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
