from django.db import transaction

from inbox.actions.contact import lock_contact
from inbox.models import ContactNote


def add_contact_note(contact, *, body, by):
    """Add a note, to the contact that stayed if this one was merged meanwhile."""
    with transaction.atomic():
        contact = lock_contact(contact.pk)
        return ContactNote.objects.create(
            workspace_id=contact.workspace_id, contact=contact, author=by, body=body
        )
