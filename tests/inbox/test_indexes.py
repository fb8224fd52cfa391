"""The indexes: one for each reference, and none that another one makes unnecessary."""

import pytest
from django.apps import apps
from django.db import connection

INDEXES = """
SELECT indexrelid::regclass::text, indisunique,
       (SELECT array_agg(pg_get_indexdef(indexrelid, ordinal::int, true) || ' ' || opcname
                         ORDER BY ordinal)
        FROM unnest(indclass::oid[]) WITH ORDINALITY AS class(oid, ordinal)
        JOIN pg_opclass USING (oid)),
       pg_get_expr(indpred, indrelid)
FROM pg_index WHERE indrelid = %s::regclass
"""


@pytest.mark.django_db
@pytest.mark.parametrize("model", list(apps.get_app_config("inbox").get_models()))
def test_no_index_is_the_beginning_of_another(model):
    """Every new row, and most changed ones, cost a write to each index."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [table])
        indexes = cursor.fetchall()
    assert indexes
    for name, is_unique, columns, condition in indexes:
        longer = [
            other
            for other, _unique, other_columns, other_condition in indexes
            if other != name
            and other_columns[: len(columns)] == columns
            and other_condition == condition
        ]
        assert is_unique or not longer, f"{name} is the beginning of {longer}"


REFERENCES = """
SELECT confrelid::regclass::text, conrelid::regclass::text,
       (SELECT attname::text FROM pg_attribute
        WHERE attrelid = conrelid AND attnum = conkey[array_length(conkey, 1)])
FROM pg_constraint
WHERE contype = 'f' AND conrelid IN ('inbox_conversation'::regclass, 'inbox_message'::regclass)
"""


@pytest.mark.django_db
def test_each_reference_has_an_index_for_deleting_its_target():
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES)
        references = cursor.fetchall()
        assert len(references) > 6
        for target, table, column in references:
            cursor.execute(INDEXES, [table])
            first = {columns[0].split()[0] for _name, _unique, columns, _where in cursor.fetchall()}
            assert column in first, f"deleting from {target} reads all of {table}"
