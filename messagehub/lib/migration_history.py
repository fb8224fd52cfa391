"""Refuse to migrate a database that has only some of the migrations that were squashed.

With all of them, Django takes the squashed migration for applied, and with none it runs it. With
some, it would need the files that are deleted.
"""

from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

TOO_OLD = (
    "This database is too old: it lacks the migration {missing}, which is now part of {squashed}. "
    "First migrate it with the last version that has the file of this migration, "
    "or start over without the data: make reset"
)


@register(Tags.database)
def check_migration_history(app_configs, databases=None, **kwargs):
    """Run before each `migrate`, and by `check --database`."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    found = (_find_gap(connections[alias], loader.disk_migrations) for alias in databases or ())
    return [Error(text, id="lib.E001") for text in found if text]


def _find_gap(connection, migrations):
    applied = MigrationRecorder(connection).applied_migrations()
    for key, migration in migrations.items():
        missing = [name for name in migration.replaces if name not in applied]
        if missing and len(missing) < len(migration.replaces):
            return TOO_OLD.format(missing=".".join(missing[0]), squashed=".".join(key))
    return None
