from django.db import migrations

# The reasons of an import that is open while MessageHub is upgraded, in their order.
RENAME = """
UPDATE inbox_contactimport SET errors = (
    SELECT jsonb_agg(
        CASE WHEN error ->> 2 = '{old}' THEN jsonb_set(error, '{{2}}', '"{new}"') ELSE error END
        ORDER BY ordinal
    )
    FROM jsonb_array_elements(errors) WITH ORDINALITY AS each(error, ordinal)
)
WHERE errors @? '$[*][2] ? (@ == "{old}")'
"""
FORWARDS = RENAME.format(old="nobody", new="empty_row")
BACKWARDS = RENAME.format(old="empty_row", new="nobody")


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0025_automatic_activities'),
    ]

    operations = [
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
