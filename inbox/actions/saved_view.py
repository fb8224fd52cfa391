"""Saves, changes and deletes views of the desk's list. What everyone shares is audited."""

from django.db import transaction

from inbox.models import SavedView
from teams import audit


def save_view(membership, *, view=None, name, is_shared, query=None):
    """Create a view of this query, or rename one and share it or stop sharing it.

    Raises SavedView.DoesNotExist if it was deleted in the meantime.
    """
    with transaction.atomic():
        view = view and SavedView.objects.select_for_update(no_key=True).get(pk=view.pk)
        before = audit_snapshot(view) if view else {}
        was_shared = view is not None and view.is_shared
        view = view or SavedView(workspace=membership.workspace, query=query)
        view.name = name
        view.member = None if is_shared else membership
        view.save()
        if is_shared or was_shared:
            action = "saved_view.updated" if was_shared else "saved_view.shared"
            after = audit_snapshot(view)
            audit.record(
                view.workspace, action, by=membership, target=name, before=before, after=after
            )
    return view


def audit_snapshot(view):
    return {"name": view.name, "shared": view.is_shared}


def delete_view(view, *, by):
    """Delete the view. Repeating has no effect."""
    with transaction.atomic():
        deleted, _rows = SavedView.objects.filter(pk=view.pk).delete()
        if deleted and view.is_shared:
            before = audit_snapshot(view)
            audit.record(
                view.workspace, "saved_view.deleted", by=by, target=view.name, before=before
            )
