"""Every migration runs on a filled database and keeps its rows.

The migrations are read from the graph, so new and replacing ones are included.
"""

import os

import pytest
from django.apps import apps as now
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, connections, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from messagehub.lib.migration_history import check_migration_history
from tests.house.filling import fill_empty_tables

OURS = {
    config.label
    for config in now.get_app_configs()
    if config.path.startswith(str(settings.BASE_DIR)) and ".venv" not in config.path
}


@pytest.fixture
def empty_database(django_db_blocker):
    """Point the default connection to a database without tables."""
    default, name = connections["default"], f"test_migrations_{os.getpid()}"
    own = default.copy(alias="default")
    own.settings_dict["NAME"] = name
    own.settings_dict["OPTIONS"].pop("pool", None)
    with django_db_blocker.unblock(), default._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        connections["default"] = own
        try:
            yield own
        finally:
            own.close()
            connections["default"] = default
            cursor.execute(f"DROP DATABASE {name}")


def keys(connection, its_models):
    """Return {table: the primary keys of its rows}."""
    metas = [model._meta for model in its_models]
    if not metas:
        return {}
    columns = {meta.db_table: meta.pk.column or "id" for meta in metas}  # None: of several columns
    questions = [
        f'SELECT \'{table}\', array_agg("{column}"::text) FROM "{table}"'
        for table, column in columns.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        return {table: set(found or ()) for table, found in cursor.fetchall()}


def models_of(state):
    return {
        (model._meta.app_label, model._meta.model_name): model
        for model in state.apps.get_models()
        if model._meta.app_label in OURS and model._meta.managed
    }


def name_afterwards(label, name, migration):
    """Return a model's name after the migration, or None if it is deleted."""
    for operation in migration.operations if label == migration.app_label else ():
        if isinstance(operation, migrations.RenameModel) and operation.old_name_lower == name:
            name = operation.new_name_lower
        elif isinstance(operation, migrations.DeleteModel) and operation.name_lower == name:
            return None
    return name


def assert_kept(before, rows_before, after, rows_after, migration):
    for (label, name), model in before.items():
        new_name = name_afterwards(label, name, migration)
        if new_name:
            table = after[label, new_name]._meta.db_table
            lost = rows_before[model._meta.db_table] - rows_after[table]
            assert not lost, f"{migration} loses {lost} of {label}.{name}"


def apply_to_filled(executor, state, migration):
    """Apply the migration to a database in which each table has a row; return the new state."""
    fill_empty_tables(state.apps, OURS)
    before = models_of(state)
    rows = keys(executor.connection, before.values())
    assert all(rows.values())
    state = executor.apply_migration(state, migration)
    after = models_of(state)
    assert_kept(before, rows, after, keys(executor.connection, after.values()), migration)
    return state


def test_each_migration_runs_on_a_filled_database_and_keeps_its_rows(empty_database):
    executor = MigrationExecutor(empty_database)
    executor.recorder.ensure_schema()
    state = executor._create_project_state(with_applied_migrations=True)
    on_filled = 0
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        if migration.app_label not in OURS:
            state = executor.apply_migration(state, migration)
            continue
        on_filled += bool(models_of(state))
        state = apply_to_filled(executor, state, migration)
    assert on_filled
    fill_empty_tables(state.apps, OURS)
    assert_readable_today()


def assert_readable_today():
    """Check with the current models, not those of the migrations."""
    ours = [model for model in now.get_models() if model._meta.app_label in OURS]
    assert len(ours) > 20
    for model in ours:
        assert list(model._base_manager.all()), model


SUBJECT_IS_EMPTY = models.CheckConstraint(condition=models.Q(subject=""), name="subject_is_empty")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("operation", "error", "message"),
    [
        (migrations.RunSQL("DELETE FROM localmail_localmail"), AssertionError, "loses"),
        (
            migrations.AddConstraint("localmail", SUBJECT_IS_EMPTY),
            IntegrityError,
            "subject_is_empty",
        ),
    ],
)
def test_a_broken_migration_is_found(operation, error, message):
    broken = type("Migration", (migrations.Migration,), {"operations": [operation]})
    executor = MigrationExecutor(connection)
    with pytest.raises(error, match=message):
        apply_to_filled(executor, executor.loader.project_state(), broken("broken", "localmail"))


REPLACED = [
    (replaced, key)
    for key, migration in MigrationLoader(None).disk_migrations.items()
    for replaced in migration.replaces
    if key[0] in OURS
]


def forget(app, name):
    MigrationRecorder(connection).record_unapplied(app, name)


@pytest.mark.django_db
def test_a_database_with_all_replaced_migrations_is_up_to_date():
    squashed = {key for _replaced, key in REPLACED}
    assert squashed
    for key in squashed:
        forget(*key)
    assert check_migration_history(None, ["default"]) == []
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("replaced", "squashed"), REPLACED)
def test_a_database_without_some_replaced_migrations_is_refused(replaced, squashed):
    forget(*squashed)
    forget(*replaced)
    with pytest.raises(SystemCheckError, match=r"too old: it lacks the migration") as refusal:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=False)
    assert f"{'.'.join(replaced)}, which is now part of {'.'.join(squashed)}" in str(refusal.value)
