"""References between rows of one workspace, checked by PostgreSQL.

Threat: a query that forgot its workspace stores a message of one company in a conversation of
another. Each reference is a composite foreign key: the id together with the workspace's id.
"""

from django.db import models


class WithinWorkspace:
    """A relation field without a foreign key of its own, because SameWorkspace checks more."""

    def __init__(self, *args, **kwargs):
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["db_constraint"]
        return name, path, args, kwargs


class TenantForeignKey(WithinWorkspace, models.ForeignKey):
    """A reference to a row of the same workspace; list it with `same_workspace` as well."""


class TenantOneToOneField(WithinWorkspace, models.OneToOneField):
    """The same for at most one row."""


class SameWorkspace(models.BaseConstraint):
    """Composite foreign key (workspace, field) to (workspace, id).

    The target needs a UniqueConstraint on ["workspace", "id"]. The check is made at the commit, as
    for the foreign keys of Django, which deletes in Python and sets nothing but the field to NULL.
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
        """Add nothing to CREATE TABLE: the target may be made later in the same migration."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def remove_sql(self, model, schema_editor):
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(self, *args, **kwargs):
        """Ask nothing: forms offer only rows of their workspace, and this is the back-stop."""

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}

    def __eq__(self, other):
        if isinstance(other, SameWorkspace):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented


def same_workspace(model, *fields):
    """List the constraints for these TenantForeignKeys of a model, which is named in lower case."""
    return [SameWorkspace(field=field, name=f"{model}_{field}_same_workspace") for field in fields]
