"""Return stored rows whose values are known without loading them.

Model.__init__() asks each field for its default, and each relation for a database. This is for the
rows of every message.
"""

from functools import cache

from messagehub.lib.quick_loading import stored_row


def known_row(model, **values):
    """Return the row with these values, and the defaults of other fields, as if it was loaded.

    A relation is given as the instance or None, or as its id under the name of the column. Unlike
    Model() it sends no signals and checks nothing.
    """
    row = stored_row(model)
    relations, constants, factories = prepare(model)
    attributes = row.__dict__
    attributes.update(constants)
    for name, make in factories:
        if name not in values:
            attributes[name] = make()
    for name, value in values.items():
        if name in relations:
            row._state.fields_cache[name] = value
            name, value = relations[name], value and value.pk
        attributes[name] = value
    return row


@cache
def prepare(model):
    """Return {relation: column}, the constant defaults, and the functions that make the others."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    relations = {field.name: field.attname for field in fields if field.is_relation}
    made = {field for field in fields if field.has_default() and callable(field.default)}
    constants = {field.attname: field.get_default() for field in fields if field not in made}
    return relations, constants, [(field.attname, field.default) for field in made]
