from django.db import transaction

from inbox.actions.contact import lock_contact
from inbox.models import ContactNote


def add_contact_note(contact, *, body, by):
    """Add a note. If the contact was merged meanwhile, it goes to the one that stayed."""
    with transaction.atomic():
        contact = lock_contact(contact.pk)
        return ContactNote.objects.create(
            workspace_id=contact.workspace_id, contact=contact, author=by, body=body
        )
