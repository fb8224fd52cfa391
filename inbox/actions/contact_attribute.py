"""Defines the attributes of a workspace's contacts."""

from django.db import connection, transaction

from inbox.models import Contact, ContactAttribute
from teams import audit

LOCK = f"SELECT id FROM {ContactAttribute._meta.db_table} WHERE workspace_id = %s FOR KEY SHARE"
FORGET = f"""
UPDATE {Contact._meta.db_table} SET attributes = attributes - %s
WHERE workspace_id = %s AND attributes ? %s AND NOT attributes ->> %s = ANY (%s)
"""


def lock_attributes(workspace):
    """Keep the attributes of a workspace (its id) from being deleted until commit.

    Returns their keys. Belongs before all locks of conversations and contacts, because deleting an
    attribute waits for contacts.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [workspace])
        return {str(pk) for [pk] in cursor.fetchall()}


def save_attribute(workspace, *, attribute=None, name, kind, choices, by):
    """Define an attribute, or change the name and the choices of one.

    Contacts lose a value that is no longer a choice. Raises ContactAttribute.DoesNotExist if the
    attribute was deleted in the meantime.
    """
    with transaction.atomic():
        attribute = attribute and lock_attribute(attribute)
        before = audit_snapshot(attribute) if attribute else {}
        action = "contact_attribute.updated" if attribute else "contact_attribute.created"
        attribute = attribute or ContactAttribute(workspace=workspace, kind=kind)
        removed = set(attribute.choices) - set(choices)
        attribute.name, attribute.choices = name, choices
        attribute.save()
        if removed:
            forget_values(attribute, except_for=choices)
        after = audit_snapshot(attribute)
        if before != after:
            audit.record(workspace, action, by=by, target=name, before=before, after=after)
    return attribute


def delete_attribute(attribute, *, by):
    """Delete the attribute and its values. Repeating has no effect."""
    with transaction.atomic():
        try:
            attribute = lock_attribute(attribute)
        except ContactAttribute.DoesNotExist:
            return
        before = audit_snapshot(attribute)
        forget_values(attribute)
        name, workspace = attribute.name, attribute.workspace
        attribute.delete()
        audit.record(workspace, "contact_attribute.deleted", by=by, target=name, before=before)


def lock_attribute(attribute):
    """Wait for changes of contacts that may store its values."""
    rows = ContactAttribute.objects.select_for_update(of=("self",)).select_related("workspace")
    return rows.get(pk=attribute.pk)


def forget_values(attribute, *, except_for=()):
    key, workspace = attribute.key, attribute.workspace_id
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [key, workspace, key, key, list(except_for)])


def audit_snapshot(attribute):
    return {
        "name": attribute.name,
        "kind": str(attribute.get_kind_display()),
        "choices": attribute.choices,
    }
