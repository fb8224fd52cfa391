"""Finds contacts by any part of their name, email address, phone number or company, newest first.

All contacts of the workspace are compared, which takes 20 ms for 100,000 of them. An index of all
parts would cost each new contact half a millisecond, and an import more than everything else.
"""

from inbox.models import Contact
from messagehub.lib.name_comparison import fold

MAX_CONTACTS = 5


def find_contacts(membership, text):
    """Return the newest contacts that match all of these words, in any order."""
    if not fold(text).strip():
        return []
    contacts = Contact.objects.visible_to(membership).matching(text)
    return list(contacts.order_by("-pk")[:MAX_CONTACTS])
