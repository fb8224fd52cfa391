"""Every migration runs on a filled database and keeps its rows.

The migrations are read from the graph, so new and replacing ones are included.
"""

import os

import pytest
from django.apps import apps as now
from django.conf import settings
from django.db import connections, migrations
from django.db.migrations.executor import MigrationExecutor

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


def keys(connection, models):
    """Return {table: the primary keys of its rows}."""
    metas = [model._meta for model in models]
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


def test_each_migration_runs_on_a_filled_database_and_keeps_its_rows(empty_database):
    executor = MigrationExecutor(empty_database)
    state = executor._create_project_state(with_applied_migrations=True)
    on_filled = 0
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        if migration.app_label not in OURS:
            state = executor.migrate(None, plan=[(migration, False)], state=state)
            continue
        fill_empty_tables(state.apps, OURS)
        before = models_of(state)
        rows = keys(empty_database, before.values())
        assert all(rows.values())
        state = executor.migrate(None, plan=[(migration, False)], state=state)
        after = models_of(state)
        assert_kept(before, rows, after, keys(empty_database, after.values()), migration)
        on_filled += bool(rows)
    assert on_filled
    fill_empty_tables(state.apps, OURS)
    assert_readable_today()


def assert_readable_today():
    """Check with the current models, not those of the migrations."""
    models = [model for model in now.get_models() if model._meta.app_label in OURS]
    assert len(models) > 20
    for model in models:
        assert list(model._base_manager.all()), model
