from django.db import migrations

# Before, an activity without an author was one of MessageHub itself, or of a deleted member.
MARK = """
UPDATE inbox_message SET details = details || '{"is_automatic": true}'
WHERE kind = 'activity' AND author_id IS NULL AND (
    activity = 'assigned' AND NOT details ? 'reason'
    OR activity = 'resolved' AND NOT details ? 'contact'
)
"""


class Migration(migrations.Migration):

    dependencies = [("inbox", "0024_indexes_of_the_history")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop)]
