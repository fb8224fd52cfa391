"""Fill every table of a migration state with a row, derived from its models alone."""

import uuid
from datetime import UTC, date, datetime, time
from itertools import count

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import NOT_PROVIDED

NUMBERS = count(1)
SIMPLE = {
    models.BooleanField: lambda: True,
    models.DateTimeField: lambda: datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    models.DateField: lambda: date(2026, 1, 2),
    models.TimeField: lambda: time(9, 30),
    models.UUIDField: uuid.uuid4,
    models.JSONField: dict,
    models.BinaryField: lambda: b"bytes",
    models.GenericIPAddressField: lambda: "192.0.2.1",
    models.FloatField: lambda: 1.0,
    models.IntegerField: lambda: next(NUMBERS),
    ArrayField: list,
}


def fill_empty_tables(apps, labels):
    """Fill the empty tables of the apps with these labels."""
    for model in apps.get_models():
        if model._meta.app_label in labels and model._meta.managed:
            row_of(model)


def row_of(model):
    """Return the model's row, creating it and everything it refers to if there is none."""
    row = model._base_manager.first()
    if row:
        return row
    optional = [field for field in fields_of(model) if field.null]
    # A constraint may allow only some of the optional fields, so give as many as possible.
    wanted = [optional, *([field] for field in optional), []]
    errors = []
    for given in wanted:
        try:
            with transaction.atomic():
                return model._base_manager.create(**values_of(model, given))
        except IntegrityError as error:
            errors.append(str(error))
    raise AssertionError(f"no row of {model._meta.label} is possible: {errors}")


def fields_of(model):
    """Return the fields that have no automatic value."""
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField)
        and not (field.primary_key and field.has_default())
    ]


def values_of(model, optional):
    needed = [field for field in fields_of(model) if not field.null]
    return {field.name: value_of(field) for field in [*needed, *optional] if not itself(field)}


def itself(field):
    """Check for a reference to the same table, where the first row has nothing to refer to."""
    return field.remote_field and field.related_model == field.model


def value_of(field):
    if field.remote_field:
        return row_of(field.related_model)
    if field.choices:
        return field.choices[0][0]
    if field.default is not NOT_PROVIDED and field.default is not None:
        return field.get_default()
    for kind, make in SIMPLE.items():
        if isinstance(field, kind):
            return make()
    text = f"x{next(NUMBERS)}"
    if isinstance(field, models.EmailField):
        return f"{text}@x.example"
    return text[: field.max_length]
