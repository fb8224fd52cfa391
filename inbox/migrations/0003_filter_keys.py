"""Keys of a label in one inbox and of conversations without a team, and the history by number.

The new indexes are created beside the old one, so conversations can be read and written meanwhile.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# The ids that inbox/models/filter_keys.py looks for.
FUNCTION = """
CREATE OR REPLACE FUNCTION inbox_filter_keys(
    label_ids uuid[], inbox uuid, team uuid, assignee uuid, priority smallint
) RETURNS uuid[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ARRAY[
        inbox, coalesce(team, 'ffffffff-ffff-ffff-ffff-fffffffffffe'::uuid),
        coalesce(assignee, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid),
        lpad(priority::text, 32, '0')::uuid
    ] || label_ids || ARRAY(
        SELECT encode(substr(sha256(uuid_send(label) || uuid_send(inbox)), 1, 16), 'hex')::uuid
        FROM unnest(label_ids) AS label
    )
$$
"""
# PostgreSQL plans with the statistics of this only, not with those of an index on some rows.
STATISTICS = """
CREATE STATISTICS conversation_keys ON (
    inbox_filter_keys(label_ids, inbox_id, team_id, assignee_id, priority)
) FROM inbox_conversation
"""
OLD_STATISTICS = """
CREATE STATISTICS conversation_filter_keys ON (array_cat(label_ids, ARRAY[
    inbox_id, team_id, COALESCE(assignee_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid),
    lpad(priority::text, 32, '0')::uuid
])) FROM inbox_conversation
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("inbox", "0002_store_contact_message")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION inbox_filter_keys(uuid[], uuid, uuid, uuid, smallint)"),
        AddIndexConcurrently(
            "conversation",
            django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    *("label_ids", "inbox", "team", "assignee", "priority"),
                    function="inbox_filter_keys",
                    output_field=django.contrib.postgres.fields.ArrayField(models.UUIDField()),
                ),
                condition=models.Q(status="resolved"),
                fastupdate=False,
                name="conversation_keys",
            ),
        ),
        AddIndexConcurrently(
            "conversation",
            models.Index(
                fields=["inbox", "number"],
                condition=models.Q(status="resolved"),
                name="conversation_resolved_number",
            ),
        ),
        migrations.RunSQL(STATISTICS, "DROP STATISTICS conversation_keys"),
        migrations.RunSQL("ANALYZE inbox_conversation", migrations.RunSQL.noop),
        migrations.RunSQL("DROP STATISTICS conversation_filter_keys", OLD_STATISTICS),
        RemoveIndexConcurrently("conversation", "conversation_resolved_keys"),
    ]
