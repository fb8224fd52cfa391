"""Make PostgreSQL check that rows only reference rows of their own workspace.

Threat: a query that forgets its workspace stores one company's message in another company's
conversation. So each reference is a composite foreign key: the id together with the workspace's id.
"""

from django.db import models


class WithinWorkspace:
    """A relation field without its own foreign key, because SameWorkspace replaces it."""

    def __init__(self, *args, **kwargs):
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["db_constraint"]
        return name, path, args, kwargs


class TenantForeignKey(WithinWorkspace, models.ForeignKey):
    """A reference to a row of the same workspace.

    Also list the field in the model's `same_workspace_constraints`.
    """


class TenantOneToOneField(WithinWorkspace, models.OneToOneField):
    """A TenantForeignKey that is unique."""


class SameWorkspace(models.BaseConstraint):
    """A composite foreign key from (workspace, field) to (workspace, id).

    The target needs a UniqueConstraint on ["workspace", "id"]. The key is checked at the commit,
    like Django's own foreign keys, because Django deletes related rows in Python and sets only
    `field` to NULL.
    """

    def __init__(self, *, field, name):
        super().__init__(name=name)
        self.field = field

    def create_sql(self, model, schema_editor):
        quote, field = schema_editor.quote_name, model._meta.get_field(self.field)
        target = field.related_model._meta
        columns = {
            "table": quote(model._meta.db_table),
            "name": quote(self.name),
            "own": self.columns(model._meta, field.column, quote),
            "target": quote(target.db_table),
            "key": self.columns(target, target.pk.column, quote),
        }
        return (
            "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({own}) "
            "REFERENCES {target} ({key}) DEFERRABLE INITIALLY DEFERRED".format(**columns)
        )

    def columns(self, options, column, quote):
        return f"{quote(options.get_field('workspace').column)}, {quote(column)}"

    def constraint_sql(self, model, schema_editor):
        """Defer the SQL, because the same migration may create the target later."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(self, *args, **kwargs):
        """Check nothing here: forms only offer rows of their workspace, this is the safety net."""

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}

    def __eq__(self, other):
        if isinstance(other, SameWorkspace):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented


def same_workspace_constraints(model, *fields):
    """List the constraints for these TenantForeignKeys; `model` is its name in lower case."""
    return [SameWorkspace(field=field, name=f"{model}_{field}_same_workspace") for field in fields]
