"""Reads what a website's script or token says about a visitor, value by value.

A value that can't be stored is left out and described to the website's developer; the others are
stored nevertheless.
"""

from django.core.exceptions import ValidationError

from inbox.forms.contact import OWN_FIELDS
from inbox.forms.contact_attribute import to_stored, value_field
from inbox.models.contact_attribute import ATTRIBUTES, attribute_key

MAX_VALUES = 60
MAX_LENGTH = 1000  # characters of one value


def read_description(workspace, given: dict) -> tuple[dict, dict]:
    """Return ({field or key of an attribute: cleaned text}, {name as given: what is wrong}).

    workspace: its id. An attribute is named as the workspace has named it, in any capitals; an
    underscore stands for a space.
    """
    values, problems = {}, {}
    attributes = {}
    for number, (name, value) in enumerate(given.items()):
        if number >= MAX_VALUES:
            problems[shorten(name)] = f"At most {MAX_VALUES} values."
            break
        if name not in OWN_FIELDS and not attributes:
            attributes = find_attributes(workspace)
        key, field = find_field(name, attributes)
        if field is None:
            problems[shorten(name)] = "There is no contact attribute with this name."
            continue
        try:
            values[key] = to_stored(field.clean(read_text(value)))
        except ValidationError as error:
            problems[shorten(name)] = " ".join(error.messages)
    return values, problems


def find_attributes(workspace):
    return {attribute_key(each.name): each for each in ATTRIBUTES.all(workspace=workspace)}


def find_field(name, attributes):
    """Return (the key of the value, the form field that cleans it), or (None, None)."""
    if name in OWN_FIELDS:
        return name, OWN_FIELDS[name]
    attribute = attributes.get(attribute_key(name[:MAX_LENGTH]))
    return (attribute.key, value_field(attribute)) if attribute else (None, None)


def read_text(value) -> str:
    """Return the text of a JSON value; null stands for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if not isinstance(value, str):
        raise ValidationError("The value must be a text or a number.")
    if len(value) > MAX_LENGTH:
        raise ValidationError("The value is too long.")
    return value


def shorten(name):
    return name[:60]
